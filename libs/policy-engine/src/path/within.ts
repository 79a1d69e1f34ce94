import { mayReachExpanded } from './expanded.ts';
import { foldName, foldText } from './fold.ts';
import { resolvePath } from './resolve.ts';
import { type Allowance, spellingsOf } from './spellings.ts';

/** Whether a path is at or below a root, or why nobody can say. */
export type Within =
  | { readonly known: true; readonly within: boolean }
  | { readonly known: false; readonly because: string };

/** What is read of the path is taken from the allowance. */
export type WithinTest = (path: string, allowance?: Allowance) => Within;

interface Root {
  readonly exact: readonly string[];
  readonly folded: readonly string[];
}

/**
 * The question whether a path is at one of the roots or below it. It has an answer only where every way to read the path
 * gives the same one. Links are not followed: the engine reads no files.
 */
export function createWithin(roots: readonly string[]): WithinTest {
  const read = roots.map(readRoot);
  return (path, allowance) => {
    const all = spellingsOf(path, allowance);
    if (!all.ok) return { known: false, because: all.because };
    const [first, ...others] = all.spellings.map(({ text, folded }) => isBelow(read, text, folded));
    if (first === undefined || others.some((other) => other !== first)) {
      return { known: false, because: 'within for one reader and not for another' };
    }
    return { known: true, within: first };
  };
}

/** Why this is no root, or undefined. A root is written plainly, so that it can be read in one way only. */
export function faultOfRoot(root: unknown): string | undefined {
  const expected = 'expected an absolute path such as /srv, without . and .., backslashes and encodings';
  if (typeof root !== 'string' || root.split('/').some((name) => name === '.' || name === '..'))
    return expected;
  if (/\\|%[0-9a-f]{2}/i.test(root) || !root.startsWith('/')) return expected;
  return spellingsOf(root).ok ? undefined : expected;
}

function readRoot(root: string): Root {
  const exact = resolvePath(root) ?? [];
  return { exact, folded: (resolvePath(foldText(root)) ?? []).map(foldName) };
}

/** Undefined where it depends on who puts what in the place of patterns, variables and quotes. */
function isBelow(roots: readonly Root[], text: string, folded: boolean): boolean | undefined {
  const resolved = resolvePath(text) ?? [];
  const names = folded ? resolved.map(foldName) : resolved;
  const folders = roots.map((root) => (folded ? root.folded : root.exact));
  if (folders.some((folder) => startsWithAll(names, folder))) return true;
  return folders.some((folder) => mayReachExpanded(names, folder)) ? undefined : false;
}

function startsWithAll(names: readonly string[], start: readonly string[]): boolean {
  return start.every((name, at) => names[at] === name);
}
