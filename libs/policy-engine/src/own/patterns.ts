import { matches } from '../path/plain-patterns.ts';
import type { Root } from './own.ts';

/** What makes a path a pattern; a variable that nobody knows has become `*`. */
export const HAS_PATTERN = /[*?[{]/;

/** Whether it is a pattern and a path, too, or one of our names. An address is none. In linear time. */
export function isPathPattern(folded: string): boolean {
  if (folded.includes('/') && HAS_PATTERN.test(folded)) return true;
  const at = folded.indexOf('aegis');
  return at >= 0 && folded.includes('*', at);
}
const MAX_NAMES = 64;
const ANY_DEPTH = '**';
/** So many characters besides `*` say which name a pattern is after, where it may be in any folder. */
const TELLING = 3;
const MOST = 5;

const isAny = (name: string): boolean => /^\*+$/.test(name);
/** How much of a name a pattern says: what kind of file it is tells nothing. */
const lettersOf = (pattern: string): number =>
  pattern
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\*\.\w{1,5}$/, '')
    .replaceAll('*', '').length;
const isPlain = (name: string): boolean => !HAS_PATTERN.test(name);

/**
 * Whether a pattern is after a root or what is in it. `/home/*` is not: like the folder above, it has much else. So the
 * root's own name must be in the pattern, or the name of something that the root holds, at its place.
 */
export function patternReaches(written: readonly string[], root: Root, isAbsolute: boolean): boolean {
  const pattern = written.filter((name, at) => name !== ANY_DEPTH || written[at - 1] !== ANY_DEPTH);
  if (pattern.length > MAX_NAMES) return false;
  const anyDepth = pattern.indexOf(ANY_DEPTH);
  if (anyDepth >= 0 && isHeldAnywhere(pattern.slice(anyDepth + 1), root)) return true;
  const starts = isAbsolute ? [0] : root.names.map((_, at) => at);
  const tried = new Set<number>();

  /** `isLoose`: in any folder so far, so that more of the name has to be there. */
  const reachesFrom = (at: number, rootAt: number, isLoose: boolean): boolean => {
    const name = pattern[at];
    const wanted = root.names[rootAt];
    const key = (at * root.names.length + rootAt) * 2 + Number(isLoose);
    if (name === undefined || wanted === undefined || tried.has(key)) return false;
    tried.add(key);
    if (name === ANY_DEPTH) {
      return root.names.slice(rootAt).some((_, skip) => reachesFrom(at + 1, rootAt + skip, true));
    }
    if (!matches(name, wanted)) return false;
    if (rootAt < root.names.length - 1) return reachesFrom(at + 1, rootAt + 1, isLoose);
    return isAfter(name, pattern[at + 1], at, root, isLoose);
  };
  return starts.some((start) => reachesFrom(0, start, !isAbsolute));
}

/** Whether the name that matches the root's last one is after it, or what comes behind is after what it holds. */
function isAfter(name: string, next: string | undefined, at: number, root: Root, isLoose: boolean): boolean {
  const isNext = next !== undefined && [...root.holds].some((held) => matches(next, held));
  if (!isLoose)
    return (
      isNext || (!isAny(name) && lettersOf(name) > 0 && (root.holds.size > 0 || lettersOf(name) >= TELLING))
    );
  if (isAny(name) || lettersOf(name) < TELLING) return false;
  return root.isDistinct ? at > 0 || next !== undefined : isNext || at > 0;
}

/** Behind `**` the name of what only the root holds, or a pattern that says most of it. */
const isHeldAnywhere = (rest: readonly string[], { tells, isDistinct, last }: Root): boolean =>
  rest.some((name) =>
    isPlain(name)
      ? tells.has(name) || (isDistinct && name === last)
      : saysMost(name) && [...tells].some((held) => matches(name, held)),
  );

const saysMost = (pattern: string): boolean =>
  lettersOf(pattern.replace(/\.\w{1,5}$/, '').replaceAll('?', '')) >= MOST;
