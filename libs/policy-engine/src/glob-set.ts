/** A `[...]` of a glob: ranges of UTF-16 code units, both ends included. */
export interface CharacterSet {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/**
 * Reads the set that opens at `start`, and where it ends. Undefined where no `]` closes it. As in Python's fnmatch:
 * `!` first negates and `^` does not, `]` first and `-` first or last stand for themselves, a range that runs
 * backwards holds nothing.
 */
export function parseSet(
  pattern: string,
  start: number,
): { readonly set: CharacterSet; readonly end: number } | undefined {
  const negated = pattern[start + 1] === '!';
  const first = start + (negated ? 2 : 1);
  const close = pattern.indexOf(']', first + 1);
  if (close < 0) return undefined;
  const ranges: [number, number][] = [];
  let at = first;
  while (at < close) {
    const isRange = pattern[at + 1] === '-' && at + 2 < close;
    const low = pattern.charCodeAt(at);
    const high = isRange ? pattern.charCodeAt(at + 2) : low;
    if (low <= high) ranges.push([low, high]);
    at += isRange ? 3 : 1;
  }
  return { set: { negated, ranges }, end: close + 1 };
}

export function setHolds(set: CharacterSet, code: number): boolean {
  for (const [low, high] of set.ranges) {
    if (code >= low && code <= high) return !set.negated;
  }
  return set.negated;
}
