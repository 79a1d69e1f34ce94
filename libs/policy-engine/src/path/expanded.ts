import { alternativesOf } from './alternatives.ts';
import { matches, plainPatterns } from './plain-patterns.ts';
import { resolvePath } from './resolve.ts';

/** Braces, variables, commands, patterns and quotes, which shells and glob libraries put something else in place of. */
const EXPANDS = /[{}$`*?['"(]/;
/** What begins a pattern that any name may fit, also with a dot before it. */
const EXTENDED_START = /^\.?[@+!?*]\(/;
/** What may become nothing, or more than one name. */
const ANY_NAMES = /[$`]|^\*\*$/;
/** Variables and commands, of which nothing may be left. */
const EMPTIED = /\$\{[^{}]*\}|\$\([^()]*\)|\$(?:\w+|[@*#?!-])|`[^`]*`/g;
const QUOTES = /['"\\]/g;
/** What a command says, which may be anything, and a dot or slash that shells and `printf` spell by its number. */
const ANYTHING = /\$\(|`|\\(?:x\{?0*2[ef]|u\{?0*2[ef]|0*5[67])/i;

/**
 * Whether a path climbs, or may, once something is put in the place of what it holds: with `..` beside a variable that is
 * empty, a brace or a `**`, with a pattern that some shells match with `..`, or by what a command says.
 */
export function mayClimbExpanded(path: string): boolean {
  if (ANYTHING.test(path)) return true;
  if (!EXPANDS.test(path)) return false;
  const unquoted = path.replace(QUOTES, '');
  if (unquoted.includes('..') || unquoted.replace(EMPTIED, '').includes('..')) return true;
  return path.split('/').some(matchesUp);
}

function matchesUp(name: string): boolean {
  if (EXTENDED_START.test(name)) return true;
  return /^[.[].*[*?[\]]/.test(name) && matches(name, '..');
}

/**
 * Whether names of a path may become those of a folder and what is below it, once something is put in the place of what
 * they hold: `/e?c` and `/e''tc` for `/etc`, and `/$X/etc` where the variable is empty.
 */
export function mayReachExpanded(names: readonly string[], folder: readonly string[]): boolean {
  for (const [at, wanted] of folder.entries()) {
    const name = names[at];
    if (name === undefined) return false;
    if (name === wanted) continue;
    if (ANY_NAMES.test(name)) return true;
    if (!mayBecome(name, wanted)) return false;
  }
  return true;
}

function mayBecome(name: string, wanted: string): boolean {
  if (!/[{*?[('"\\]/.test(name)) return false;
  const plain = name.replace(QUOTES, '');
  const patterns = [plain, ...plainPatterns(plain)].flatMap(alternativesOf);
  return patterns.some((pattern) => matches(pattern, wanted));
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
