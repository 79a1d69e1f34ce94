import { foldAll, namesOf, rootNames } from './names.ts';
import type { Own, OwnPath, Root } from './own.ts';
import { HAS_PATTERN, patternReaches } from './patterns.ts';

/** The copy of a client's file that `aegis protect` keeps, wherever it is. */
const COPY = '.before-aegis';
const COPY_IS = "a copy of a client's file that AegisMCP keeps";
const MEMORY_IS = 'the memory, environment or open files of another process';
const OF_A_PROCESS = new Set(['environ', 'mem', 'fd', 'map_files']);
/** A root of fewer names could be part of any path. */
const WHOLE_PATH = 3;
const HERE = new Set(['localhost', '127.0.0.1', '', '.', '?', '*']);

export interface PathReach {
  /** Last names of all roots, folded: a path that has none of them reaches nothing, but by a pattern or a link. */
  readonly needles: readonly string[];
  /** What a path reaches. It is folded, with slashes; `isPath` says that it can be nothing else than a path. */
  readonly find: (folded: string, isPath: boolean) => string | undefined;
}

function readRoot({ path, what, holds = [], tells = [] }: OwnPath): Root {
  const names = rootNames(path);
  const last = names.at(-1) ?? '';
  const held = [...holds, ...tells].map(foldAll);
  return {
    names,
    last,
    what,
    holds: new Set(held),
    tells: new Set(tells.map(foldAll)),
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

  const inRoots = (names: readonly string[], isAbsolute: boolean, isPath: boolean): string | undefined => {
    const isPattern = names.some((name) => HAS_PATTERN.test(name));
    for (const root of roots) {
      if (isAbsolute ? isBelow(names, root) : isRelativelyBelow(names, root, isPath)) return root.what;
      if (isPattern && patternReaches(names, root, isAbsolute)) return root.what;
    }
    return undefined;
  };

  const absolute = (names: readonly string[]): string | undefined => {
    if (isMemory(names)) return MEMORY_IS;
    for (const one of withoutPlace(names)) {
      const what = inRoots(one, true, true);
      if (what !== undefined) return what;
    }
    return undefined;
  };

  const relative = (names: readonly string[], path: string, isPath: boolean): string | undefined => {
    const what = inRoots(names, false, isPath);
    if (what !== undefined || !(isPath || names.length > 1)) return what;
    for (const base of from) {
      const [below, other = below] = namesOf(`${base}/${path}`);
      const found = inRoots(below, true, true) ?? inRoots(other, true, true);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const find = (folded: string, isPath: boolean): string | undefined => {
    const path = withLongNames(atHome(folded));
    const isAbsolute = path.startsWith('/') || /^[a-z]:/.test(path);
    for (const names of namesOf(path).filter(({ length }) => length > 0)) {
      if (names.some((name) => name.length > COPY.length && name.endsWith(COPY))) return COPY_IS;
      const what = isAbsolute ? absolute(names) : relative(names, path, isPath);
      if (what !== undefined) return what;
    }
    const behind = behindDoor(path);
    return behind === undefined || behind === '' ? undefined : find(behind, isPath);
  };

  return {
    needles: [...new Set([...roots.map(({ last }) => last), COPY])],
    find,
  };
}

/** Short names of Windows, such as `AEGISM~1`: any name that starts so. */
const withLongNames = (path: string): string =>
  path.includes('~') ? path.replace(/([^/~]{1,8})~\d{1,4}(?:\.[^/]{0,3})?(?=\/|$)/g, '$1*') : path;

const isBelow = (names: readonly string[], root: Root): boolean =>
  startsAt(names, root.names, 0) || isBelowSomewhere(names, root);

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
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const from = names.findIndex((name, at) => name === 'proc' || (name === 'dev' && names[at + 1] === 'fd'));
  const door = from < 0 ? -1 : names.findIndex((name, at) => at > from && /^(?:root|cwd|fd)$/.test(name));
  if (door < 0) return undefined;
  const rest = names.slice(names[door] === 'fd' ? door + 2 : door + 1).join('/');
  return names[door] === 'root' ? `/${rest}` : rest;
}

/** A process's own is its own: `/proc/self/environ` of a server has nothing of the firewall's. */
function isMemory([top, process = '', ...rest]: readonly string[]): boolean {
  if (top !== 'proc' || !/^[\d*?[]/.test(process)) return false;
  const what = rest[0] === 'task' ? rest[2] : rest[0];
  return what !== undefined && OF_A_PROCESS.has(what);
}
