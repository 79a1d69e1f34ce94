const KIB = 1_024;
const MOST_KEYS = 10_000;

/** So much at once, and so much after that in each `everyMs`. */
export type Rate = { readonly atOnce: number; readonly thenEach: number; readonly everyMs: number };

/** What is counted: entries, and their KiB. */
export type Rates = { readonly entries: Rate; readonly kib: Rate };

const COUNTED = ['entries', 'kib'] as const;
type Counted = (typeof COUNTED)[number];
type Level = Record<Counted, number> & { atMs: number };

/** Of which nothing is left, and for how many milliseconds. */
export type Lacking = { readonly of: Counted; readonly forMs: number };

/**
 * Token buckets, two for each key, of what is written. One entry may take more KiB than are left: it is let through, and
 * those after it wait for what it took too much. Of the keys the last used ones are kept; another one is full.
 */
export function createBuckets(ratesOf: (principal: string) => Rates, nowMs: () => number) {
  const levels = new Map<string, Level>();
  const levelOf = (principal: string, key: string): Level => {
    const atMs = nowMs();
    const rates = ratesOf(principal);
    const { entries, kib } = rates;
    const before = levels.get(key) ?? { entries: entries.atOnce, kib: kib.atOnce, atMs };
    const now = (of: Counted): number => {
      const { atOnce, thenEach, everyMs } = rates[of];
      return Math.min(atOnce, before[of] + ((atMs - before.atMs) / everyMs) * thenEach);
    };
    const level = { entries: now('entries'), kib: now('kib'), atMs };
    levels.delete(key);
    levels.set(key, level);
    if (levels.size > MOST_KEYS) levels.delete(levels.keys().next().value ?? '');
    return level;
  };
  return {
    /** What this key of a principal has to wait for; undefined where it may go on. */
    lacking(principal: string, key = principal): Lacking | undefined {
      const level = levelOf(principal, key);
      const of = COUNTED.find((one) => level[one] < 1);
      if (of === undefined) return undefined;
      const { thenEach, everyMs } = ratesOf(principal)[of];
      return { of, forMs: ((1 - level[of]) / thenEach) * everyMs };
    },
    /** How many entries are left. */
    left: (principal: string, key = principal): number =>
      Math.max(0, Math.floor(levelOf(principal, key).entries)),
    /** Takes entries of so many bytes together; more than are left are owed. */
    take(principal: string, bytes: number, entries = 1, key = principal): void {
      const level = levelOf(principal, key);
      level.entries -= entries;
      level.kib -= bytes / KIB;
    },
  };
}
