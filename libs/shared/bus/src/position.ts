type Waiting = { seq: number; settle: (reached: boolean) => void };

/** How far a reader of the log came, and who waits for it to come further. */
export function createPosition(from: number) {
  let position = from;
  const waiting = new Set<Waiting>();
  return {
    /** The last sequence that was applied. */
    at: (): number => position,
    advance(seq: number): void {
      position = Math.max(position, seq);
      for (const one of waiting) if (one.seq <= position) one.settle(true);
    },
    /** True once this sequence, or a later one, was applied; false where the deadline came first. */
    reached(seq: number, deadlineMs: number): Promise<boolean> {
      if (seq <= position) return Promise.resolve(true);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const one: Waiting = {
        seq,
        settle(reached) {
          clearTimeout(timer);
          waiting.delete(one);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => one.settle(false), Math.max(0, deadlineMs - Date.now()));
      waiting.add(one);
      return promise;
    },
  };
}
