import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@aegis/contracts/envelope';
import { LOG, STREAM } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { type Consumer, type ConsumerMessages, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Link } from './link.ts';
import { matching } from './matching.ts';
import { createPosition } from './position.ts';
import { type Read, readEnvelope } from './read.ts';

/** A stored fact in its order. `event` is missing where the message can't be read as an envelope. */
export type Followed = { seq: number; subject: string; event?: Envelope; storedAt: Date };

export type FollowOptions = {
  /** One subject, wildcards allowed; absent: everything. */
  filter?: string;
  /** The first sequence of interest: one past what is already applied. */
  fromSeq: number;
  /**
   * Takes one fact. Where it gives a promise, the next fact waits for it and the log is read no further ahead. What it
   * throws is logged and the same fact comes again: none is skipped.
   */
  apply: (message: Followed) => Promise<void> | undefined | void;
  log: Logger;
};

/** A reader of the log that follows it from a position, in order, without gaps or repeats. */
export type Follower = Awaited<ReturnType<typeof follow>>;

type Reading = { name: string; consumer: Consumer; messages: ConsumerMessages };

/** Messages that the client holds at most before they are applied. */
const READ_AHEAD = 1000;
const RETRY_MS = 500;
/** The log is asked again for its end after so long, where it gave no answer. */
const ASK_AGAIN_MS = 50;
/** A pull request's life, and the silence after which the reader asks itself whether it is still served. */
const EXPIRES_MS = 10_000;
const HEARTBEAT_MS = 2_000;
/** After a longer wait the client has piled up pull requests, which would all be answered at once. */
const LONG_WAIT_MS = 5_000;
/** After these the reader is another one, or is not served. */
const NEW_READER: ReadonlySet<string> = new Set(['reset', 'consumer_deleted', 'exceeded_limits']);

async function open(link: Link, { filter, log }: FollowOptions, fromSeq: number): Promise<Reading> {
  const consumer = await jetstream(link.nc).consumers.get(STREAM, {
    // Who knows the name can read through it and delete it: nobody guesses this one.
    name_prefix: randomUUID(),
    opt_start_seq: fromSeq,
    filter_subjects: filter,
  });
  const messages = await consumer.consume({
    max_messages: READ_AHEAD,
    expires: EXPIRES_MS,
    idle_heartbeat: HEARTBEAT_MS,
  });
  const watch = async () => {
    for await (const status of messages.status()) {
      if (status.type !== 'next') log.debug({ status: status.type }, 'follower status');
      // What nats.js goes on from is where its own reading stands, with messages in it that were sent by somebody else.
      if (NEW_READER.has(status.type)) void messages.close();
    }
  };
  watch().catch((err: unknown) => log.error({ err }, 'follower status ended'));
  return { name: (await consumer.info(true)).name, consumer, messages };
}

function toFollowed(message: JsMsg): Followed {
  const { seq, subject, time: storedAt } = message;
  return { seq, subject, event: readEnvelope(message.string()), storedAt };
}

/**
 * The last sequence that the reader has to apply; undefined where the log gave no answer in time. From the store itself:
 * what the server says of a consumer, how many messages it still has to deliver, can lag behind a write that was confirmed.
 */
async function endFor(read: Read, filter: string, deadlineMs: number): Promise<number | undefined> {
  for (;;) {
    const end = await read.lastSeq(filter, deadlineMs).catch(() => undefined);
    if (end !== undefined) return end;
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0) return undefined;
    await sleep(Math.min(ASK_AGAIN_MS, leftMs), undefined, { ref: false });
  }
}

/**
 * Follows by an ordered consumer. A durable consumer that skips what it has seen loses events: in-flight ones come again
 * after newer ones.
 */
export async function follow(link: Link, read: Read, options: FollowOptions) {
  const { apply, log, filter = `${LOG}.>` } = options;
  const position = createPosition(options.fromSeq - 1);
  const isExpected = matching(filter);
  let strangers = 0;
  let stopped = false;
  let reading = await open(link, options, options.fromSeq);

  const applyAll = async (): Promise<void> => {
    for await (const message of reading.messages) {
      if (stopped) return;
      // JetStream delivers from any consumer to wherever it is asked to, this reader's inbox too.
      const { stream, consumer } = message.info;
      if (consumer !== reading.name || stream !== STREAM || !isExpected(message.subject)) {
        strangers++;
        log.warn(
          { subject: message.subject, consumer, strangers },
          'a message came that is not of this reader',
        );
        return;
      }
      const startedAt = Date.now();
      const held = message.seq > position.at() ? apply(toFollowed(message)) : undefined;
      if (held) await held;
      position.advance(message.seq);
      if (held && Date.now() - startedAt > LONG_WAIT_MS) return;
    }
  };
  const isOver = (): boolean => stopped || link.nc.isClosed();
  const reopen = async (): Promise<void> => {
    void reading.consumer.delete().catch(() => undefined);
    reading = await open(link, options, position.at() + 1);
  };
  const run = async (): Promise<void> => {
    for (let first = true; !isOver(); first = false) {
      try {
        if (!first) await reopen();
        // Whoever stops it closes the reading that there was by then.
        if (!isOver()) await applyAll();
      } catch (err) {
        log.error({ err, position: position.at() }, 'following the log failed; trying again');
        await sleep(RETRY_MS);
      }
    }
    void reading.messages.close();
  };
  const running = run();
  // The consumer lives in the server's memory: after a loss a new one is opened at once, not when its silence is noticed.
  const forget = link.onUp(() => void reading.messages.close());

  return {
    /** The last sequence applied, or `fromSeq - 1`. */
    position: (): number => position.at(),
    /** True once what is stored at this sequence has been applied, false where the deadline came first. */
    applied: (seq: number, deadlineMs: number): Promise<boolean> => position.reached(seq, deadlineMs),
    /** True once all that was stored when this was called has been applied, false where the deadline came first. */
    async caughtUp(deadlineMs: number): Promise<boolean> {
      const end = await endFor(read, filter, deadlineMs);
      return end !== undefined && position.reached(end, deadlineMs);
    },
    /** Reads on with a new reader from the last sequence applied, where the one at hand may not be served. */
    reopen: (): void => void reading.messages.close(),
    /** Applies nothing more. Waits for the promise of the last `apply`. */
    async stop(): Promise<void> {
      stopped = true;
      forget();
      void reading.messages.close();
      await running;
    },
  };
}
