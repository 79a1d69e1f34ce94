import { randomUUID } from 'node:crypto';
import { STREAM } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Link } from './link.ts';
import { matching } from './matching.ts';

const PAGE = 256;
const PAGE_WITHIN_MS = 2_000;
/** What the server says where a subject has no message. */
const NO_MESSAGE = 404;

/** A stored message as it was written. */
export type StoredText = { seq: number; subject: string; text: string };

/** Stretches of streams, read once. */
export type Range = ReturnType<typeof createRange>;

const unreadable = (): AppError => new AppError('storage_unavailable', 'The event log can not be read.');

async function* read(
  link: Link,
  subject: string,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<StoredText, void> {
  const prefix = randomUUID();
  const isExpected = matching(subject);
  const consumer = await jetstream(link.nc).consumers.get(STREAM, {
    name_prefix: prefix,
    opt_start_seq: afterSeq + 1,
    filter_subjects: subject,
  });
  try {
    // An empty replay yields nothing and waits for ever: what is pending is known before each page.
    let left = (await consumer.info(true)).num_pending;
    while (left > 0) {
      let received = 0;
      const page = await consumer.fetch({ max_messages: Math.min(left, PAGE), expires: PAGE_WITHIN_MS });
      for await (const message of page) {
        // JetStream delivers from any consumer to wherever it is asked to, this reader's inbox too.
        if (!message.info.consumer.startsWith(prefix) || !isExpected(message.subject)) throw unreadable();
        received++;
        left = message.info.pending;
        if (message.seq > toSeq) return;
        yield { seq: message.seq, subject: message.subject, text: message.string() };
      }
      if (received === 0) throw unreadable();
    }
  } finally {
    await consumer.delete().catch(() => undefined);
  }
}

export const createRange = (link: Link) => ({
  /**
   * What the log has on a subject, wildcards allowed, after `afterSeq` up to `toSeq`, page by page: the next page is asked
   * for when the reader has taken this one, so that a slow reader holds up nothing but itself.
   *
   * @throws AppError `storage_unavailable`
   */
  read: (subject: string, afterSeq: number, toSeq: number): AsyncGenerator<StoredText, void> =>
    read(link, subject, afterSeq, toSeq),
  /** The texts of at most so many messages that a stream has on a subject, the oldest first. */
  async first(stream: string, subject: string, most: number): Promise<string[]> {
    const { direct } = await jetstreamManager(link.nc, { checkAPI: false });
    try {
      const stored = await direct.getBatch(stream, { seq: 1, next_by_subj: subject, batch: most });
      return await Array.fromAsync(stored, (message) => message.string());
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === NO_MESSAGE) return [];
      throw thrown;
    }
  },
});
