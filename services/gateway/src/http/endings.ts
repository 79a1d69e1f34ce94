/** What is open for a caller, until it is over or the caller's right to it is. */
export type Endings = {
  /** Returns what forgets it, once it is over by itself. */
  readonly add: (principal: string, end: () => void) => () => void;
  /** Ends all that is open for a principal. */
  readonly endOf: (principal: string) => void;
};

export function createEndings(): Endings {
  const open = new Map<() => void, string>();
  return {
    add(principal, end) {
      // One function may stand for several.
      const one = (): void => end();
      open.set(one, principal);
      return () => void open.delete(one);
    },
    endOf(principal) {
      for (const [end, whose] of open) {
        if (whose !== principal) continue;
        open.delete(end);
        end();
      }
    },
  };
}
