import type { Link } from '@aegis/bus';
import { STREAM } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type Kind, type LiveEvent, LOGGED_SUBJECTS, toLiveEvent } from './live-event.ts';
import { mergeBySeq } from './merge.ts';

const PAGE = 256;
const PAGE_WITHIN_MS = 2_000;

const unreadable = (cause?: unknown): AppError =>
  new AppError('storage_unavailable', 'The event log can not be read.', { cause });

/** The sequence of the newest stored event, 0 where there is none. @throws AppError `storage_unavailable` */
export async function lastSeq(link: Link, timeoutMs: number): Promise<number> {
  try {
    const manager = await jetstreamManager(link.nc, { checkAPI: false, timeout: timeoutMs });
    const { state } = await manager.streams.info(STREAM);
    return state.last_seq;
  } catch (cause) {
    throw unreadable(cause);
  }
}

/**
 * The stored events of one kind after `afterSeq` up to `toSeq`, page by page: the next page is asked for when the reader
 * has taken this one, so that a slow reader holds up nothing but itself.
 */
async function* readKind(
  link: Link,
  kind: Kind,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> {
  const consumer = await jetstream(link.nc).consumers.get(STREAM, {
    opt_start_seq: afterSeq + 1,
    filter_subjects: LOGGED_SUBJECTS[kind],
  });
  try {
    // An empty replay yields nothing and waits for ever: what is pending is known before each page.
    let left = (await consumer.info(true)).num_pending;
    while (left > 0) {
      let received = 0;
      const page = await consumer.fetch({ max_messages: Math.min(left, PAGE), expires: PAGE_WITHIN_MS });
      for await (const message of page) {
        received++;
        left = message.info.pending;
        if (message.seq > toSeq) return;
        const event = toLiveEvent(message.seq, kind, message.string());
        if (event) yield event;
      }
      if (received === 0) throw unreadable();
    }
  } finally {
    await consumer.delete().catch(() => undefined);
  }
}

/** The stored events of these kinds after `afterSeq` up to `toSeq`, in the log's one order. */
export const readLog = (
  link: Link,
  kinds: readonly Kind[],
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> => mergeBySeq(kinds.map((kind) => readKind(link, kind, afterSeq, toSeq)));
