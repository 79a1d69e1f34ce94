import { matches } from '../path/plain-patterns.ts';
import { foldAll, namesOf, rootNames } from './names.ts';
import type { Own, OwnPath, Root } from './own.ts';
import { HAS_PATTERN, patternReaches } from './patterns.ts';

/** The copy of a client's file that `aegis protect` keeps, wherever it is. */
const COPY = '.before-aegis';
const COPY_IS = "a copy of a client's file that AegisMCP keeps";
const MEMORY_IS = 'the memory, environment or open files of another process';
const OF_A_PROCESS = ['environ', 'mem', 'fd', 'map_files'];
/** A root of fewer names could be part of any path. */
const WHOLE_PATH = 3;
/** Linux follows no more links in a path, and opens no longer one. */
const MAX_DOORS = 40;
const MAX_OPENED = 4096;
/** No system opens a path of more names: Windows has the longest, of 32,767 characters. */
const MAX_NAMES = 16_384;
const HERE = new Set(['localhost', '127.0.0.1', '', '.', '?', '*']);

export interface PathReach {
  /** Last names of all roots, folded: a path that has none of them reaches nothing, but by a pattern or a link. */
  readonly needles: readonly string[];
  /** What a path reaches. It has slashes, and may be folded; `isPath` says that it can be nothing else than a path. */
  readonly find: (written: string, isPath: boolean) => string | undefined;
  /** What the names of an absolute path reach, which may be patterns. */
  readonly below: (names: readonly string[]) => string | undefined;
}

function readRoot({ path, what, holds = [], tells = [], within }: OwnPath): Root {
  const names = rootNames(path);
  const last = names.at(-1) ?? '';
  const held = [...holds, ...tells].map(foldAll);
  return {
    names,
    last,
    what,
    holds: new Set(held),
    tells: new Set(tells.map(foldAll)),
    within: within && new Set(within.map(foldAll)),
    isDistinct: last.includes('aegis'),
  };
}

/** The question whether a path is one of the firewall's own, or below one. */
export function createPathReach({ paths, bases, variables }: Own): PathReach {
  const roots = paths.map(readRoot).filter(({ names }) => names.length > 0);
  const homeOf = foldAll((variables['HOME'] ?? '').replaceAll('\\', '/'));
  const user = foldAll(variables['USER'] ?? '');
  const from = bases.map((base) => foldAll(base.replaceAll('\\', '/')));

  const atHome = (path: string): string => {
    const [, name, rest = ''] = /^~([^/]*)(\/.*)?$/s.exec(path) ?? [];
    if (name === undefined) return path;
    return name === '' || name === user ? homeOf + rest : `/*/${name}${rest}`;
  };

  const inRoots = (
    names: readonly string[],
    isAbsolute: boolean,
    isPath: boolean,
    isSure = isAbsolute,
  ): string | undefined => {
    const isPattern = names.some((name) => HAS_PATTERN.test(name));
    for (const root of roots) {
      if (root.within !== undefined) {
        if (isSure && isWithin(names, root)) return root.what;
        continue;
      }
      if (isAbsolute ? isBelow(names, root) : isRelativelyBelow(names, root, isPath)) return root.what;
      if (isPattern && patternReaches(names, root, isAbsolute)) return root.what;
    }
    return undefined;
  };

  const absolute = (names: readonly string[]): string | undefined => {
    if (isMemorySomewhere(names)) return MEMORY_IS;
    for (const one of withoutPlace(names)) {
      const what = inRoots(one, true, true);
      if (what !== undefined) return what;
    }
    return undefined;
  };

  const relative = (names: readonly string[], path: string, isPath: boolean): string | undefined => {
    const what = isMemorySomewhere(names) ? MEMORY_IS : inRoots(names, false, isPath);
    if (what !== undefined || !(isPath || names.length > 1)) return what;
    for (const base of from) {
      const [below, other = below] = namesOf(`${base}/${path}`);
      const found = inRoots(below, true, true, false) ?? inRoots(other, true, true, false);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const findAt = (path: string, isPath: boolean): string | undefined => {
    const isAbsolute = path.startsWith('/') || /^[a-z]:/i.test(path);
    for (const names of namesOf(path).filter(({ length }) => length > 0 && length <= MAX_NAMES)) {
      if (names.some((name) => name.length > COPY.length && name.endsWith(COPY))) return COPY_IS;
      const what = isAbsolute ? absolute(names) : relative(names, path, isPath);
      if (what !== undefined) return what;
    }
    return undefined;
  };

  /** A `~` is a folder of that name to who opens files without a shell. */
  const find = (written: string, isPath: boolean, doors = 0): string | undefined => {
    for (const path of new Set([atHome(written), written].map(withLongNames))) {
      const what = findAt(path, isPath);
      if (what !== undefined) return what;
      const behind = doors < MAX_DOORS ? behindDoor(path) : undefined;
      const found = behind === undefined || behind === '' ? undefined : find(behind, isPath, doors + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    needles: [...new Set([...roots.map(({ last, within }) => (within ? `${last}/` : last)), COPY])],
    find: (written, isPath) => find(written, isPath),
    below: (names) => (names.length > MAX_NAMES ? undefined : inRoots(names, true, true)),
  };
}

/** Short names of Windows, such as `AEGISM~1`: any name that starts so. */
const withLongNames = (path: string): string =>
  path.includes('~') ? path.replace(/([^/~]{1,8})~\d{1,4}(?:\.[^/]{0,3})?(?=\/|$)/g, '$1*') : path;

const isBelow = (names: readonly string[], root: Root): boolean =>
  startsAt(names, root.names, 0) || isBelowSomewhere(names, root);

const isWithin = (names: readonly string[], { names: start, within }: Root): boolean =>
  startsAt(names, start, 0) && within?.has(names[start.length] ?? '') === true;

/** Below the root as another place has it: a share of this host, a folder that a container sees. */
function isBelowSomewhere(names: readonly string[], root: Root): boolean {
  if (root.names.length < WHOLE_PATH) return false;
  for (
    let at = names.indexOf(root.names[0] ?? '');
    at >= 0;
    at = names.indexOf(root.names[0] ?? '', at + 1)
  ) {
    if (startsAt(names, root.names, at)) return true;
  }
  return false;
}

/** A path from nobody knows where is meant for the root where it goes on as the root does, and says so plainly enough. */
function isRelativelyBelow(names: readonly string[], root: Root, isPath: boolean): boolean {
  if (isBelowSomewhere(names, root)) return true;
  for (let length = 1; length <= Math.min(root.names.length, names.length); length++) {
    const tail = root.names.slice(-length);
    if (!startsAt(names, tail, 0)) continue;
    const next = names[length];
    const isHeld = next !== undefined && root.holds.has(next);
    if (length > 1 || isHeld || (root.isDistinct && (isPath || next !== undefined))) return true;
  }
  return false;
}

function startsAt(names: readonly string[], start: readonly string[], at: number): boolean {
  return start.length > 0 && start.every((name, offset) => names[at + offset] === name);
}

/** The names themselves, and without what leads to the same files of this machine: its own name, a drive, a share. */
function withoutPlace(names: readonly string[]): (readonly string[])[] {
  let at = 0;
  while (HERE.has(names[at] ?? '-') || /^(?:[a-z]\$?|unc)$/.test(names[at] ?? '')) at++;
  return at === 0 ? [names] : [names, names.slice(at)];
}

/** What stands behind a door of a process: its root, its folder, a folder that it has open. Any `..` goes on from there. */
function behindDoor(path: string): string | undefined {
  const written = path.split('/').filter((name) => name !== '' && name !== '.');
  const isOpened = written.join('/').length < MAX_OPENED;
  const names = isOpened ? written : namesOf(path)[0];
  if (!isOpened && names.join('/').length >= MAX_OPENED) return undefined;
  const from = names.findIndex((name, at) => name === 'proc' || (name === 'dev' && names[at + 1] === 'fd'));
  const door = from < 0 ? -1 : names.findIndex((name, at) => at > from && /^(?:root|cwd|fd)$/.test(name));
  if (door < 0) return undefined;
  const rest = names.slice(names[door] === 'fd' ? door + 2 : door + 1).join('/');
  return names[door] === 'root' ? `/${rest}` : rest;
}

/** A process's own is its own: `/proc/self/environ` of a server has nothing of the firewall's. */
function isMemory(process: string, [first = '', , third = '']: readonly string[]): boolean {
  if (!/^\d|[*?[({]/.test(process)) return false;
  const what = first === 'task' ? third : first;
  return OF_A_PROCESS.some((one) => one === what || (/[^*]/.test(what) && matches(what, one)));
}

const isMemorySomewhere = (names: readonly string[]): boolean =>
  names.some((name, at) => name === 'proc' && isMemory(names[at + 1] ?? '', names.slice(at + 2, at + 5)));
