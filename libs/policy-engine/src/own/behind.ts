import { foldAll, withoutDots } from './names.ts';
import type { Own, Reached } from './own.ts';
import type { PathReach } from './paths.ts';
import { foldersOf } from './places.ts';
import { BETWEEN_WORDS, MAX_SHORT } from './texts.ts';

/** Relative paths of one call times the folders that they may be meant from: names looked for, and links followed. */
const MAX_LOOKS = 8_192;
const MAX_LINKS = 512;
const AN_ABSOLUTE = /^(?:[/\\~]|[a-z][\w+.-]*:)/i;

/** The relative paths in a call, as they are written. */
export type Relative = Set<string>;

export interface LinkReach {
  readonly collect: (
    text: string,
    readings: () => readonly string[],
    isPath: boolean,
    into: Relative,
  ) => void;
  /** What they lead to behind links; null where there are more than can be looked at. */
  readonly find: (relative: Relative, folders: readonly string[]) => Reached | null | undefined;
}

const collect: LinkReach['collect'] = (text, readings, isPath, into) => {
  if (text.length > MAX_SHORT * 2 || (!isPath && !text.includes('/') && !text.includes('\\'))) return;
  for (const reading of readings()) {
    if (isPath) addTo(into, reading.trim());
    const words = reading.includes('/') ? reading.split(BETWEEN_WORDS) : [];
    for (const word of words) if (word.includes('/')) addTo(into, word);
  }
};

/** The question what relative paths lead to behind links that are in a folder of the server or of the call. */
export function createLinkReach(own: Own, paths: PathReach): LinkReach {
  const { followLinks = () => undefined, isThere = () => true } = own;

  const find = (relative: Relative, folders: readonly string[]): Reached | null | undefined => {
    const there = new Map<string, boolean>();
    let links = MAX_LINKS;
    for (const folder of relative.size === 0 ? [] : new Set(foldersOf(folders, own))) {
      for (const path of relative) {
        const first = `${folder}/${firstOf(path)}`;
        const isOpened = there.get(first) ?? isThere(first);
        there.set(first, isOpened);
        if (there.size > MAX_LOOKS) return null;
        if (!isOpened) continue;
        if (--links < 0) return null;
        const what = behind(`${folder}/${path}`);
        if (what !== undefined) return { certain: true, what, at: [], value: path };
      }
    }
    return undefined;
  };

  function behind(path: string): string | undefined {
    for (const one of new Set([path, withoutDots(path)])) {
      const real = followLinks(one);
      const what = real === undefined ? undefined : paths.find(foldAll(real), true);
      if (what !== undefined) return what;
    }
    return undefined;
  }

  return { collect, find };
}

function addTo(into: Relative, path: string): void {
  if (!/\w/.test(path) || path.includes('\0') || AN_ABSOLUTE.test(path)) return;
  into.add(path);
  // To a program that resolves `..` in the text, what is before it need not be there.
  if (/[^/.].*\/\.\./.test(path)) into.add(withoutDots(path).slice(1));
}

/** The first of a path's names, which has to be there before anything behind it is. */
const firstOf = (path: string): string => /^(?:\.?\/)*([^/]*)/.exec(path)?.[1] ?? '';
