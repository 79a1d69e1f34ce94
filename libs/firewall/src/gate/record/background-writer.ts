import { setTimeout as sleep } from 'node:timers/promises';
import { type Fact, isConflict } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';

const TRY_FOR_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const REPORT_EVERY_MS = 10_000;

export type BackgroundWriterOptions = {
  readonly append: (fact: Fact, deadlineMs: number) => Promise<unknown>;
  readonly log: Logger;
  /** Facts that may wait at the same time; what comes beyond is counted, and the count is logged. */
  readonly limit: number;
  /** Whether a fact that could not be stored is tried again until it is. */
  readonly untilStored: boolean;
};

/** Stores facts that nobody waits for. */
export function createBackgroundWriter({ append, log, limit, untilStored }: BackgroundWriterOptions) {
  const waiting = new Set<Promise<void>>();
  const closing = new AbortController();
  let dropped = 0;

  const report = (): void => {
    if (dropped > 0) log.warn({ dropped }, 'facts not recorded: too many waited to be stored');
    dropped = 0;
  };
  const pause = (forMs: number): Promise<void> =>
    sleep(forMs, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
  /** True where there is nothing more to do for this fact. */
  const attempt = async (fact: Fact): Promise<boolean> => {
    try {
      await append(fact, Date.now() + TRY_FOR_MS);
      return true;
    } catch (err) {
      const isStored = isConflict(err);
      log.warn(
        { err, subject: fact.subject },
        isStored ? 'recorded by another already' : 'fact not recorded',
      );
      return isStored || !untilStored || closing.signal.aborted;
    }
  };
  const run = async (make: () => Fact): Promise<void> => {
    await new Promise(setImmediate);
    let fact: Fact;
    try {
      fact = make();
    } catch (err) {
      return log.error({ err }, 'fact not recorded: it breaks its contract');
    }
    for (let pauseMs = FIRST_PAUSE_MS; !(await attempt(fact)); ) {
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };

  const reporting = setInterval(report, REPORT_EVERY_MS).unref();
  return {
    /** `make` runs in a later turn of the loop: the caller's answer goes out first. False where too many wait already. */
    store(make: () => Fact): boolean {
      if (waiting.size >= limit) {
        dropped++;
        return false;
      }
      const running = run(make).finally(() => waiting.delete(running));
      waiting.add(running);
      return true;
    },
    /** Resolves once what waits is stored, or after `withinMs`. What can't be stored at once is not tried again. */
    async close(withinMs: number): Promise<void> {
      closing.abort();
      clearInterval(reporting);
      await Promise.race([Promise.all(waiting), sleep(withinMs, undefined, { ref: false })]);
      dropped += waiting.size;
      report();
    },
  };
}
