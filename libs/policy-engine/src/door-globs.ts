import type { DoorName } from './door.ts';
import { createGlobIndex } from './glob-index.ts';
import { foldText } from './path/fold.ts';

/** Finds the strict rules of a door under all of its spellings, ascending. */
export type DoorGlobs = (door: DoorName) => readonly number[];

/**
 * `patterns` are those that deny or review, at their places; undefined where an allow rule stands. Strict rules hold for
 * each spelling of a door, folded ones included: better a door too many shut than one that a server opens all the same.
 */
export function createDoorGlobs(patterns: readonly (string | undefined)[]): DoorGlobs {
  const places = [...patterns.keys()].filter((at) => patterns[at] !== undefined);
  const globs = places.map((at) => patterns[at] ?? '');
  let indexes: ReturnType<typeof indexBoth> | undefined;
  return ({ spellings, folds }) => {
    // Most policies see no door, so the indexes are made for the first one.
    indexes ??= indexBoth(globs);
    const found = new Set<number>();
    for (const spelling of spellings) for (const at of indexes.exact.matching(spelling)) found.add(at);
    for (const fold of folds) for (const at of indexes.folded.matching(fold)) found.add(at);
    return Array.from(found, (at) => places[at] ?? -1).toSorted((a, b) => a - b);
  };
}

function indexBoth(globs: readonly string[]) {
  return {
    exact: createGlobIndex(globs, () => false),
    folded: createGlobIndex(globs.map(foldText), () => false),
  };
}
