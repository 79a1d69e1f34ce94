import { type Consumer, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Envelope } from '../contracts/envelope.ts';
import { STREAM } from '../contracts/subjects.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Link } from './link.ts';
import { readEnvelope } from './read.ts';

/** A stored fact in its order. `event` is missing where the message can't be read as an envelope. */
export type Followed = { seq: number; subject: string; event?: Envelope; storedAt: Date };

export type FollowOptions = {
  /** One subject, wildcards allowed; absent: everything. */
  filter?: string;
  /** The first sequence of interest: one past what is already applied. */
  fromSeq: number;
  apply: (message: Followed) => void;
  log: Logger;
};

/** A reader of the log that follows it from a position, in order, without gaps or repeats. */
export type Follower = {
  /** Resolves once all that was stored when this was called has been applied. */
  caughtUp(deadlineMs: number): Promise<boolean>;
  /** The last sequence applied, or `fromSeq - 1`. */
  position(): number;
  stop(): Promise<void>;
};

const POLL_MS = 5;

/**
 * Follows by an ordered consumer. A durable consumer that skips what it has seen loses events: in-flight ones come again
 * after newer ones.
 */
export async function follow(link: Link, options: FollowOptions): Promise<Follower> {
  const { filter, fromSeq, apply, log } = options;
  const consumer = await jetstream(link.nc).consumers.get(STREAM, {
    opt_start_seq: fromSeq,
    ...(filter === undefined ? {} : { filter_subjects: filter }),
  });
  let position = fromSeq - 1;

  const callback = (message: JsMsg): void => {
    if (message.seq <= position) return;
    const event = readEnvelope(message.string());
    const followed = { seq: message.seq, subject: message.subject, storedAt: message.time };
    apply(event === undefined ? followed : { ...followed, event });
    position = message.seq;
  };
  const messages = await consumer.consume({ callback, max_messages: 1000 });
  const watch = async () => {
    for await (const status of messages.status()) {
      if (status.type !== 'next') log.debug({ status: status.type }, 'follower status');
    }
  };
  watch().catch((err: unknown) => log.error({ err }, 'follower status ended'));

  return {
    position: () => position,
    caughtUp: (deadlineMs) => waitFor(consumer, () => position, deadlineMs),
    async stop() {
      await messages.close();
    },
  };
}

/** Waits until the position reached what the server had delivered or still held when asked. */
async function waitFor(consumer: Consumer, position: () => number, deadlineMs: number): Promise<boolean> {
  while (Date.now() < deadlineMs) {
    const info = await consumer.info();
    if (info.num_pending === 0 && position() >= info.delivered.stream_seq) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}
