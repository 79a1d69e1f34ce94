/** How far a reader of the log came, and who waits for it to come further. */
export type Position = {
  /** The last sequence that was applied. */
  at(): number;
  advance(seq: number): void;
  /** True once this sequence, or a later one, was applied; false where the deadline came first. */
  reached(seq: number, deadlineMs: number): Promise<boolean>;
};

type Waiting = { seq: number; settle: (reached: boolean) => void };

export function createPosition(from: number): Position {
  let position = from;
  const waiting = new Set<Waiting>();
  return {
    at: () => position,
    advance(seq) {
      position = Math.max(position, seq);
      for (const one of waiting) if (one.seq <= position) one.settle(true);
    },
    reached(seq, deadlineMs) {
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
