import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from '@nats-io/jetstream';

/** How far a reader came with one consumer: the server's count of what it delivered, from 1. */
export type Progress = { consumer: string; delivered: number };

const LONGEST_PAUSE_MS = 20;
/** The consumer may have been replaced under the reader: after this long the server is asked again. */
const ASK_AGAIN_MS = 250;

/** What the reader will have been delivered once it has all that is stored for it now. */
async function target(consumer: Consumer, deadlineMs: number): Promise<Progress | undefined> {
  const ask = consumer.info().then(
    (info) => ({ consumer: info.name, delivered: info.delivered.consumer_seq + info.num_pending }),
    () => undefined,
  );
  // A timer that is left over would keep a process that ends for as long as the deadline is away.
  const over = new AbortController();
  const late = sleep(deadlineMs - Date.now(), undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([ask, late]).finally(() => over.abort());
}

const reached = (progress: Progress, goal: Progress): boolean =>
  goal.delivered === 0 || (progress.consumer === goal.consumer && progress.delivered >= goal.delivered);

/**
 * True once everything has been applied that was stored for the reader when this was called. By count, not by sequence: the
 * server's own position runs on over messages that the filter leaves out.
 */
export async function untilCaughtUp(
  consumer: () => Consumer,
  progress: () => Progress,
  deadlineMs: number,
): Promise<boolean> {
  while (Date.now() < deadlineMs) {
    const goal = await target(consumer(), deadlineMs);
    const askAgainAt = Math.min(deadlineMs, Date.now() + ASK_AGAIN_MS);
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (goal && reached(progress(), goal)) return true;
      if (Date.now() >= askAgainAt) break;
      await sleep(pauseMs);
    }
  }
  return false;
}
