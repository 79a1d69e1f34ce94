import { Envelope } from '@aegis/contracts/envelope';
import { STREAM } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import type { Msg } from '@nats-io/transport-node';
import { z } from 'zod';
import type { Mux } from './mux.ts';
import { placeOf } from './place.ts';

/** A stored message; `event` is missing where it can't be read as an envelope. */
export type StoredEvent = { seq: number; subject: string; event?: Envelope };

const unreadable = (cause: unknown): AppError =>
  new AppError('storage_unavailable', 'The event log can not be read.', { cause });

/** What a text says as JSON, undefined where it is none. */
function parseOr(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** An envelope, or undefined where the text is none. */
export const readEnvelope = (text: string): Envelope | undefined => Envelope.safeParse(parseOr(text)).data;

/**
 * The end of the log: its last sequence, 0 where it is empty, and when that was stored, in milliseconds since the epoch; how
 * many subjects it has by then.
 */
export type LogEnd = { seq: number; storedAtMs: number; subjects: number };

export type Read = ReturnType<typeof createRead>;

/** By direct get: JetStream answers from the store, without a consumer. */
export function createRead(mux: Mux) {
  const get = (subject: string, payload: string, deadlineMs: number): Promise<Msg> =>
    mux.exchange(
      (inbox) => [{ subject, payload, options: { reply: inbox } }],
      deadlineMs,
      () => new AppError('storage_unavailable', 'The event log did not answer in time.'),
    );
  const api = `$JS.API.DIRECT.GET.${STREAM}`;
  return {
    /** @throws AppError `storage_unavailable`, `bus_unavailable` */
    end: async (deadlineMs: number): Promise<LogEnd> =>
      toEnd(await get(`$JS.API.STREAM.INFO.${STREAM}`, '', deadlineMs)),
    /** The last message on an exact subject, or undefined. */
    last: async (subject: string, deadlineMs: number): Promise<StoredEvent | undefined> =>
      toStored(await get(`${api}.${subject}`, '', deadlineMs)),
    /** The sequence of the last message on a subject, wildcards allowed; 0 where there is none. */
    lastSeq: async (subject: string, deadlineMs: number): Promise<number> =>
      seqOf(await get(`${api}.${subject}`, '', deadlineMs)) ?? 0,
    /** The message at a sequence, or undefined. */
    at: async (seq: number, deadlineMs: number): Promise<StoredEvent | undefined> =>
      toStored(await get(api, JSON.stringify({ seq }), deadlineMs)),
  };
}

/** Of JetStream's answer about a stream, what is read here. */
const StreamInfo = z.looseObject({
  state: z.looseObject({
    messages: z.number(),
    last_seq: z.number(),
    last_ts: z.string(),
    num_subjects: z.number().default(0),
  }),
});

function toEnd(reply: Msg): LogEnd {
  const { success, data, error } = StreamInfo.safeParse(parseOr(reply.string()));
  if (!success) throw unreadable(error);
  const { messages, last_seq, last_ts, num_subjects: subjects } = data.state;
  return { seq: last_seq, storedAtMs: messages === 0 ? 0 : Date.parse(last_ts), subjects };
}

/** The sequence of the message that a reply holds; undefined where it says that there is none. */
function seqOf(reply: Msg): number | undefined {
  const seq = placeOf(reply).seq;
  if (seq !== undefined) return seq;
  const code = reply.headers?.code ?? 0;
  if (code === 404) return undefined;
  throw unreadable({ code });
}

function toStored(reply: Msg): StoredEvent | undefined {
  const seq = seqOf(reply);
  if (seq === undefined) return undefined;
  return { seq, subject: placeOf(reply).subject ?? '', event: readEnvelope(reply.string()) };
}
