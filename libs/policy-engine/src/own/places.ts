import { matches } from '../path/plain-patterns.ts';
import { foldAll, relativeNames, rootNames } from './names.ts';
import type { Own, Reached } from './own.ts';
import type { PathReach } from './paths.ts';
import { readingsOf } from './readings.ts';
import type { Word, Words } from './words.ts';

/** Words of one call times folders that it may be in. More is a person's matter. */
const MAX_LOOKS = 100_000;
const AN_ABSOLUTE = /^(?:[/\\~]|[a-z]:)/i;

type Names = readonly string[];

/** What words reach from one of the folders; undefined stands for nothing, and null for more than can be looked at. */
export type WordReach = (words: Words, folders: readonly string[]) => Reached | null | undefined;

const placesOf = (folders: readonly string[], own: Own): Names[] =>
  foldersOf(folders, own)
    .flatMap((one) => [one, own.followLinks?.(one) ?? one])
    .map((one) => rootNames(foldAll(one)));

/** The question what a word reaches that is a path from a folder that the call or its server is in, or changes to. */
export function createWordReach(own: Own, { below }: Pick<PathReach, 'below'>): WordReach {
  const roots = own.paths.map(({ path }) => rootNames(path)).filter(({ length }) => length > 0);

  /** A folder as a part of the way to what is ours. One behind that is what is ours, or has `..` for a way back. */
  const onTheWay = (names: Names): Names[] =>
    roots
      .filter(
        (root) => names.length <= root.length && names.every((name, at) => matches(name, root[at] ?? '')),
      )
      .map((root) => root.slice(0, names.length));

  /** Each change of folders may come after any other one. */
  const changed = (folders: readonly string[], changes: ReadonlySet<string>): Names[] | null => {
    const there = [...changes].flatMap((change) => placesOf([change], own)).flatMap(onTheWay);
    const all = new Map([...placesOf(folders, own), ...there].map((names) => [names.join('/'), names]));
    for (const names of all.values()) {
      if (all.size * changes.size > MAX_LOOKS) return null;
      for (const change of changes) {
        if (AN_ABSOLUTE.test(change)) continue;
        for (const one of from(names, change, true).flatMap(onTheWay)) all.set(one.join('/'), one);
      }
    }
    return [...all.values()];
  };

  return ({ paths, changes, patterns }, folders) => {
    if (patterns < 0) return null;
    if (paths.size === 0) return undefined;
    const places = changed(folders, changes);
    if (places === null || places.length * paths.size > MAX_LOOKS) return null;
    let unsure: Reached | undefined;
    for (const word of paths.values()) {
      const what = atPlaces(word, places, changes.size > 0);
      if (what === undefined) continue;
      const reached = { certain: word.isCertain, what, at: word.at, value: word.path };
      if (reached.certain) return reached;
      unsure ??= reached;
    }
    return unsure;
  };

  function atPlaces({ path }: Word, places: readonly Names[], isLoose: boolean): string | undefined {
    for (const place of places) {
      for (const names of from(place, path, isLoose)) {
        const what = below(names);
        if (what !== undefined) return what;
      }
    }
    return undefined;
  }
}

/** A path from a place. Loosely, `..` may lead to each folder above: nobody says from where it is counted. */
function from(place: Names, path: string, isLoose: boolean): Names[] {
  const { up, names } = relativeNames(path);
  if (up === 0 || !isLoose) return [[...place.slice(0, Math.max(place.length - up, 0)), ...names]];
  return Array.from({ length: place.length + 1 }, (_, length) => [...place.slice(0, length), ...names]);
}

/** Absolute folders, as they are written and as URIs. */
export function foldersOf(folders: readonly string[], { variables }: Own): string[] {
  const home = variables['HOME'] ?? '';
  return folders.flatMap((folder) =>
    readingsOf(folder.trim(), variables)
      .map((one) => one.replace(/^file:(?:\/\/[^/]*(?=\/))?/i, '').replace(/^~(?=\/|$)/, () => home))
      .filter((one) => one[0] !== '~' && AN_ABSOLUTE.test(one)),
  );
}
