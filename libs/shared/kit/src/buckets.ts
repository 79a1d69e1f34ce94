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
type Lacking = { readonly of: Counted; readonly forMs: number };

/**
 * Token buckets, two for each key, of what is written. One entry may take more KiB than are left: it is let through, and
 * those after it wait for what it took too much. Of the keys the last used ones are kept; another one is full.
 */
export function createBuckets(rates: Rates, nowMs: () => number) {
  const levels = new Map<string, Level>();
  const levelOf = (key: string): Level => {
    const atMs = nowMs();
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
    /** What this key has to wait for; undefined where it may write. */
    lacking(key: string): Lacking | undefined {
      const level = levelOf(key);
      const of = COUNTED.find((one) => level[one] < 1);
      return of && { of, forMs: ((1 - level[of]) / rates[of].thenEach) * rates[of].everyMs };
    },
    /** Takes one entry of so many bytes. */
    take(key: string, bytes: number): void {
      const level = levelOf(key);
      level.entries -= 1;
      level.kib -= bytes / KIB;
    },
  };
}
