import { setTimeout as sleep } from 'node:timers/promises';
import { createPace } from '../relay/pace.ts';
import { createTurns } from '../relay/turns.ts';

/** So much of what a server says is read at once: of the shortest words of it hundreds are in there. */
const PIECE_BYTES = 1_024;
/** Shorter than the silence after which half a message is given up; what is owed beyond goes on after the next piece. */
const LONGEST_REST_MS = 1_000;

/** All servers of this process share its event loop, and leave the most of it to everybody else. */
const turns = createTurns();

/** What came of a piece. */
export type Taken = {
  /** It brought an answer that somebody waited for: what that cost is paid for by the question's own turn. */
  readonly isAnswer?: boolean;
  /** Nothing more is read. */
  readonly isLast?: boolean;
  /** Resolves once there is room for what comes of the next one. */
  readonly room?: Promise<void> | undefined;
};

/** Does this at its turn. @throws what it throws */
function atItsTurn<T>(work: () => T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const run = (): void => resolve(new Promise((done) => done(work())));
  if (turns.take(run)) run();
  return promise;
}

/** Does this, and says how long it had the processor, in milliseconds. */
function measured<T>(work: () => T): { readonly done: T; readonly workedMs: number } {
  const before = process.threadCpuUsage();
  const done = work();
  const { user, system } = process.threadCpuUsage(before);
  return { done, workedMs: (user + system) / 1_000 };
}

/**
 * Reads what a server says in small pieces, each at its turn, and rests after one that cost much while others are about:
 * what nobody asked for (comments, line ends, questions that are refused) costs more than its bytes, and holds up nobody.
 *
 * @throws what the source or `take` throws
 */
export async function readInTurns(
  source: AsyncIterable<Buffer>,
  take: (piece: Buffer) => Taken,
): Promise<void> {
  const pace = createPace();
  let owedMs = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      const { done, workedMs } = await atItsTurn(() => measured(() => take(piece)));
      if (done.isLast) return;
      await done.room;
      if (!done.isAnswer) owedMs += pace(workedMs);
      const restMs = Math.min(owedMs, LONGEST_REST_MS);
      owedMs -= restMs;
      if (restMs > 0) await sleep(restMs);
    }
  }
}
