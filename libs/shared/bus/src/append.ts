import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@aegis/contracts/envelope';
import { AppError } from '@aegis/kit/errors';
import { headers, type Msg } from '@nats-io/transport-node';
import { isConflict } from './conflict.ts';
import type { Message } from './link.ts';
import type { Mux } from './mux.ts';
import type { Read } from './read.ts';
import { NoRoom, NotStored, type Storage } from './storage.ts';

/** JetStream's error code for a wrong `Nats-Expected-Last-Subject-Sequence`. */
const WRONG_LAST_SEQUENCE = 10071;
/**
 * JetStream's error codes for a batch that it did not take, and for the end of one whose beginning it did not take: it holds
 * 50 unfinished ones of a stream, each for ten seconds.
 */
const NO_ROOM_CODES: ReadonlySet<number | undefined> = new Set([10210, 10176]);
/** From here on it is the server's fault, in JetStream as in HTTP. */
const SERVER_ERROR = 500;
const BATCH_AGAIN_MS = 100;

/**
 * A fact to store. `expect` is the sequence of the subject's last message, 0 where there is none; of the last one of all
 * subjects that `expectOf` matches, where that is given.
 */
export type Fact = { subject: string; event: Envelope; expect?: number; expectOf?: string };
export type Stored = { seq: number };

type PubAck = {
  stream?: string;
  seq?: number;
  duplicate?: boolean;
  error?: { code: number; err_code: number; description: string };
};

/** The message of one fact, with what its place in a batch adds to the headers. */
function toMessage(
  fact: Fact,
  reply: string | undefined,
  batch?: { id: string; index: number; last: boolean; dedupe: boolean },
): Message {
  const h = headers();
  if (batch === undefined || batch.dedupe) h.set('Nats-Msg-Id', fact.event.id);
  if (fact.expect !== undefined) h.set('Nats-Expected-Last-Subject-Sequence', String(fact.expect));
  if (fact.expectOf !== undefined) h.set('Nats-Expected-Last-Subject-Sequence-Subject', fact.expectOf);
  if (batch) {
    h.set('Nats-Batch-Id', batch.id);
    h.set('Nats-Batch-Sequence', String(batch.index + 1));
    if (batch.last) h.set('Nats-Batch-Commit', '1');
  }
  const options = reply === undefined ? { headers: h } : { headers: h, reply };
  return { subject: fact.subject, payload: JSON.stringify(fact.event), options };
}

type Ack = { seq: number; duplicate: boolean };

function readAck(message: Msg): Ack {
  if (message.headers?.code === 503) throw new NotStored('The event log is away.');
  const ack = JSON.parse(message.string()) as PubAck;
  if (ack.error?.err_code === WRONG_LAST_SEQUENCE) {
    throw new AppError('version_conflict', 'The log has a newer event on this subject.', {
      cause: ack.error,
    });
  }
  if (NO_ROOM_CODES.has(ack.error?.err_code)) throw new NoRoom(ack.error);
  if (ack.error && ack.error.code >= SERVER_ERROR) {
    throw new NotStored(`The event log can't store: ${ack.error.description}.`, { cause: ack.error });
  }
  if (ack.error || typeof ack.seq !== 'number') {
    throw new AppError('storage_unavailable', 'The event log refused the write.', {
      cause: ack.error ?? ack,
    });
  }
  return { seq: ack.seq, duplicate: ack.duplicate === true };
}

function checkDeadline(deadlineMs: number): void {
  if (deadlineMs <= Date.now()) {
    throw new AppError('deadline_exceeded', 'The deadline passed before the event was stored.');
  }
}

export type Append = ReturnType<typeof createAppend>;

export function createAppend(mux: Mux, read: Read, storage: Storage) {
  let batches = 0;
  const batchPrefix = randomUUID();

  const write = (toMessages: (inbox: string) => Message[], deadlineMs: number): Promise<Ack> =>
    storage.watched(async () => readAck(await mux.exchange(toMessages, deadlineMs, storage.late)));

  /** After a conflict: was it our own write, confirmed to nobody? */
  const findOwn = async (fact: Fact, conflict: unknown, deadlineMs: number): Promise<Stored> => {
    const last = await read.last(fact.subject, deadlineMs);
    if (last?.event?.id === fact.event.id) return { seq: last.seq };
    throw conflict;
  };

  const storeOnce = async (facts: readonly Fact[], deadlineMs: number, dedupe: boolean): Promise<Stored> => {
    const id = `${batchPrefix}-${(batches++).toString(36)}`;
    const end = facts.length - 1;
    const toMessages = (inbox: string) =>
      facts.map((fact, index) =>
        toMessage(fact, index === end ? inbox : undefined, { id, index, last: index === end, dedupe }),
      );
    return { seq: (await write(toMessages, deadlineMs)).seq };
  };

  return {
    /** Why the log takes nothing; also for half a minute after others held all batches that the server takes at a time. */
    get problem(): string | undefined {
      return storage.problem;
    },
    /**
     * Stores one fact, durable when this resolves. A retry with the same event is stored once.
     *
     * @throws AppError `version_conflict` where `expect` is not the subject's last sequence and the last one is not this
     * very event; `storage_unavailable`, `deadline_exceeded`, `bus_unavailable`: it may be stored or not, and was not
     * confirmed
     */
    async one(fact: Fact, deadlineMs: number): Promise<Stored> {
      checkDeadline(deadlineMs);
      try {
        return { seq: (await write((inbox) => [toMessage(fact, inbox)], deadlineMs)).seq };
      } catch (thrown) {
        if (!isConflict(thrown)) throw thrown;
        return findOwn(fact, thrown, deadlineMs);
      }
    },
    /**
     * Stores a text in a stream beside the log; durable when this resolves. The same `id` again within two minutes is stored
     * once.
     */
    async text(subject: string, payload: string, deadlineMs: number, id?: string): Promise<Stored> {
      const h = headers();
      if (id !== undefined) h.set('Nats-Msg-Id', id);
      const toMessages = (reply: string) => [{ subject, payload, options: { headers: h, reply } }];
      return { seq: (await write(toMessages, deadlineMs)).seq };
    },
    /**
     * Stores all facts or none, in one atomic batch, in order. With `dedupe`, a message id that is known refuses all. Where
     * others hold all batches that the server takes, it is tried again until the deadline; with `dedupe` it is not, for such
     * facts may go one by one.
     */
    async all(facts: readonly Fact[], deadlineMs: number, dedupe: boolean): Promise<Stored> {
      for (;;) {
        checkDeadline(deadlineMs);
        try {
          const stored = await storeOnce(facts, deadlineMs, dedupe);
          storage.hasRoom();
          return stored;
        } catch (thrown) {
          if (!(thrown instanceof NoRoom)) throw thrown;
          storage.hasNoRoom(thrown);
          if (dedupe || Date.now() + BATCH_AGAIN_MS >= deadlineMs) throw thrown;
          await sleep(BATCH_AGAIN_MS);
        }
      }
    },
  };
}
