import { Envelope } from '@aegis/contracts/envelope';
import { STREAM } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import type { Msg } from '@nats-io/transport-node';
import type { Mux } from './mux.ts';

/** A stored message; `event` is missing where it can't be read as an envelope. */
export type StoredEvent = { seq: number; subject: string; event?: Envelope };

/** An envelope, or undefined where the text is none. */
export function readEnvelope(text: string): Envelope | undefined {
  try {
    const parsed = Envelope.safeParse(parseJson(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export type Read = {
  /** The last message on an exact subject, or undefined. */
  last(subject: string, deadlineMs: number): Promise<StoredEvent | undefined>;
  /** The message at a sequence, or undefined. */
  at(seq: number, deadlineMs: number): Promise<StoredEvent | undefined>;
};

/** By direct get: JetStream answers from the store, without a consumer. */
export function createRead(mux: Mux): Read {
  const get = async (
    subject: string,
    payload: string,
    deadlineMs: number,
  ): Promise<StoredEvent | undefined> => {
    const reply = await mux.exchange(
      (inbox) => [{ subject, payload, options: { reply: inbox } }],
      deadlineMs,
      () => new AppError('storage_unavailable', 'The event log did not answer in time.'),
    );
    return toStored(reply);
  };
  const api = `$JS.API.DIRECT.GET.${STREAM}`;
  return {
    last: (subject, deadlineMs) => get(`${api}.${subject}`, '', deadlineMs),
    at: (seq, deadlineMs) => get(api, JSON.stringify({ seq }), deadlineMs),
  };
}

function toStored(message: Msg): StoredEvent | undefined {
  const code = message.headers?.code ?? 0;
  if (code === 404) return undefined;
  const seq = Number(message.headers?.get('Nats-Sequence'));
  if (code !== 0 || !Number.isInteger(seq) || seq < 1) {
    throw new AppError('storage_unavailable', 'The event log can not be read.', { cause: { code } });
  }
  const subject = message.headers?.get('Nats-Subject') ?? '';
  const event = readEnvelope(message.string());
  return event === undefined ? { seq, subject } : { seq, subject, event };
}
