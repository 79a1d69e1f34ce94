/** What all relays say may take so many lines, and about so many milliseconds, of one turn of the event loop. */
const MOST_LINES = 32;
const MOST_MS = 2;

export type Turns = ReturnType<typeof createTurns>;

/**
 * Shares the event loop between relays, and leaves the most of it to everybody else in this process: a line costs more than
 * its bytes, so whoever says much at once is read a line at a time, and who says little is not behind all of it.
 */
export function createTurns(now: () => number = () => performance.now()) {
  const waiting: (() => void)[] = [];
  let lines = 0;
  let beganAt = 0;

  const isOver = (): boolean => lines >= MOST_LINES || (lines > 0 && now() - beganAt >= MOST_MS);
  const begin = (): void => {
    lines = 0;
    beganAt = now();
    while (waiting.length > 0 && !isOver()) {
      lines++;
      waiting.shift()?.();
    }
    if (lines > 0) setImmediate(begin);
  };
  return {
    /** Whether a line may be read now. Where it may not, `read` is called when it may, once and for one line. */
    take(read: () => void): boolean {
      if (waiting.length > 0 || isOver()) {
        waiting.push(read);
        return false;
      }
      if (lines++ > 0) return true;
      beganAt = now();
      setImmediate(begin);
      return true;
    },
  };
}
