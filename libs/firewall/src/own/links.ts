import { lstatSync, realpathSync } from 'node:fs';
import { codeOf } from '@aegis/kit/errors';

/** Folders of a path that are not there yet; a path of more is left as it is written. */
const MOST_MISSING = 16;

/** The path behind the links of an absolute one, as far as it is there; undefined where it has none, or nobody can tell. */
export function followLinks(path: string): string | undefined {
  let there = path;
  let rest = '';
  for (let missing = 0; missing < MOST_MISSING && there !== ''; missing++) {
    try {
      const real = `${realpathSync.native(there)}${rest}`;
      return real === path ? undefined : real;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') return undefined;
      const slash = there.lastIndexOf('/');
      rest = `${there.slice(slash)}${rest}`;
      there = there.slice(0, slash);
    }
  }
  return undefined;
}

/** @returns true also where nobody can tell */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return codeOf(error) !== 'ENOTDIR';
  }
}
