import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

const POLL_MS = 250;
const SETTLED_AFTER_MS = 150;

const MAY_FAIL = { bigint: true } as const;

/** What two files that are not the same differ in. */
const look = ({ dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, mode, size, mtimeNs, ctimeNs].join(' ');

/** Where nothing is to be seen, why. */
const lookless = (error: unknown): string => String((error as NodeJS.ErrnoException).code);

function lookNow(path: string): string {
  try {
    return look(statSync(path, MAY_FAIL));
  } catch (error) {
    return lookless(error);
  }
}

export type PathWatch = ReturnType<typeof watchPath>;

/**
 * Calls back when the file at a path is another one than what is known of it: changed, there, or gone. By polling, which
 * sees renames, symlinks and mounted volumes alike. Some time is left to whoever is writing it.
 */
export function watchPath(path: string, onChange: () => void) {
  let known = lookNow(path);
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  const compare = (now: string): void => {
    isLooking = false;
    if (now === known) return;
    known = now;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_AFTER_MS).unref();
  };
  const poll = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void stat(path, MAY_FAIL).then(look, lookless).then(compare);
  }, POLL_MS).unref();
  return {
    /** What stands there now is known: for whoever is about to read it. What changes from here on is called back. */
    know(): void {
      known = lookNow(path);
    },
    stop(): void {
      clearInterval(poll);
      clearTimeout(timer);
    },
  };
}
