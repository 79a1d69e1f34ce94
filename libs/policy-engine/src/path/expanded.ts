import { matchGlob, parseGlob } from '../glob.ts';
import { resolvePath } from './resolve.ts';

/** Braces, variables, commands, patterns and quotes, which shells and glob libraries put something else in place of. */
const EXPANDS = /[{}$`*?['"]/;
const QUOTES = /['"\\]/g;

/**
 * Whether a path climbs, or may, once something is put in the place of what it holds: with `..` beside a variable that is
 * empty, a brace or a `**`, or with a pattern that some shells match with `..`.
 */
export function mayClimbExpanded(path: string): boolean {
  if (!EXPANDS.test(path)) return false;
  return path.replace(QUOTES, '').includes('..') || path.split('/').some(matchesUp);
}

function matchesUp(name: string): boolean {
  return name.startsWith('.') && /[*?[]/.test(name) && matchGlob(parseGlob(name), '..');
}

/** What of a process leads elsewhere: its root, its folder, what it has open. */
const LINKS = new Set(['root', 'cwd', 'fd', 'exe', 'map_files']);

const SYSTEM = /\/(?:proc|dev)\//i;

/** Whether the system itself leads a path elsewhere, as `/proc/self/root/etc` to `/etc`. */
export function leadsElsewhere(path: string): boolean {
  if (!SYSTEM.test(path)) return false;
  const [first, second, ...below] = resolvePath(path.toLowerCase()) ?? [];
  return first === 'dev' ? second === 'fd' : first === 'proc' && below.some((name) => LINKS.has(name));
}
