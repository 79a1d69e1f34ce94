import { alternativesOf } from '../path/alternatives.ts';
import { plainPatterns } from '../path/plain-patterns.ts';
import type { AddressReach } from './addresses.ts';
import { beforeDots, foldAll, withoutDots } from './names.ts';
import type { Budget, Own, Reached } from './own.ts';
import type { PathReach } from './paths.ts';
import { HAS_PATTERN, isPathPattern } from './patterns.ts';
import { urlsOf } from './url-globs.ts';

/** A text that is longer is no path and no command line that a person would write: it may only speak of a place. */
export const MAX_SHORT = 4096;
/** What another spelling of a name takes. Without it, and without the name, there is nothing to find. */
const OTHERWISE = String.raw`[%\\~$*?[{"'\x60^]|[^\t\n\r\x20-\x7e]|proc/|dev/fd/|[+@!]\(|\([^()\s]{0,64}\|`;
const WITH_LINKS = String.raw`^/|[\s=:,(]/|file:|\.\./|^\s*[^\s:]+/`;
const IS_URL = /^\s*(?:https?|wss?):\S*$/;
const SHORT_NAME = /~\d/;
const OF_SYSTEM = /proc\/|dev\/fd/;
/** URL parsers leave these out, wherever they are. */
const BREAKS = /[\t\n\r]+/g;
const HAS_GLOB = /[[{]/;
const A_GLOB = /[[{(]/;
/** So many paths of a long text are opened, and the others are left: it is hardly a command. */
const LINKS_IN_LONG = 64;
/** What a range of more URLs than can be written out may lead to. */
const MAY_BE_HERE = /^\s*[a-z][a-z0-9+.-]*:\/|127|local/;
const MANY = 'more URLs than can be looked at';
const A_URI = /[a-z][a-z0-9+.-]{1,32}:[\\/]|file:/i;
const BEHIND_PATH = /[?#][^\s"'`]*/g;
export const BETWEEN_WORDS = /[\s"'`=,;|&<>()@[\]{}]+/;
/** What a pattern is written with stays in its word. */
const BETWEEN_PATTERNS = /[\s"'`=;|&<>()@]+/;
/** Names with blanks in them stay whole. */
const BETWEEN_LINES = /["'`=;|<>\n\r]+/;
const MAX_STARTS = 16;
/** What is longer counts for more words. */
const A_WORD = 64;
const A_LONG_WORD = 1024;
const NEVER = '(?!)';

type Found = Pick<Reached, 'what' | 'value'> & { readonly isUnsure?: true };

/** What a text reaches. `isPath` says whether it stands where paths do; it is asked where that matters only. */
export type TextReach = (
  text: string,
  readings: () => readonly string[],
  isPath: () => boolean,
  budget: Budget,
) => Found | undefined;

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The question what a text reaches: a path or an address, a command line with one in it, or any text that names one. */
export function createTextReach(own: Own, addresses: AddressReach, paths: PathReach): TextReach {
  const { variables, followLinks } = own;
  const names = paths.needles.map(escapeRegExp);
  const links = followLinks === undefined ? [] : [WITH_LINKS];
  const needle = new RegExp(names.join('|'), 'i');
  const address = new RegExp(addresses.signs.join('|') || NEVER, 'i');
  const link = new RegExp(links.join('') || NEVER, 'i');
  /** Most texts have nothing of it, and are looked at no closer. */
  const sign = new RegExp([OTHERWISE, ...names, ...addresses.signs, ...links].join('|'), 'i');
  const hasBlanks = own.paths.some(({ path }) => /\s/.test(path));

  const atWord = (word: string, isPath: boolean): string | undefined => {
    for (const path of pathsIn(word)) {
      const what = paths.find(path, isPath);
      if (what !== undefined) return what;
    }
    return undefined;
  };

  const inPaths = (text: string, isPath: boolean, isShort: boolean, budget: Budget): Found | undefined => {
    const folded = foldAll(text);
    const mayBePattern = isShort && isPathPattern(folded) && !IS_URL.test(folded);
    const mayName = (one: string): boolean =>
      needle.test(one) || OF_SYSTEM.test(one) || SHORT_NAME.test(one) || (mayBePattern && isPathPattern(one));
    if (!mayName(folded)) return undefined;
    budget.words -= costOf(text);
    if (budget.words < 0) return undefined;
    const whole = isShort ? atWord(text.trim(), isPath) : undefined;
    if (whole !== undefined) return { what: whole, value: folded };
    for (const word of wordsOf(text, mayBePattern, hasBlanks)) {
      if (!mayName(foldAll(word))) continue;
      budget.words -= costOf(word);
      if (budget.words < 0) return undefined;
      const what = atWord(word, false);
      if (what !== undefined) return { what, value: word };
    }
    const what = isShort ? undefined : atWord(text.trim(), isPath);
    return what === undefined ? undefined : { what, value: folded };
  };

  /** What curl makes of a text. */
  const inGlobs = (folded: string, budget: Budget): Found | undefined => {
    for (const url of HAS_GLOB.test(folded) ? urlsOf(folded) : []) {
      if (--budget.words < 0) return undefined;
      const found = url === undefined ? undefined : addresses.find(url, false, budget);
      if (found !== undefined) return found;
      if (url === undefined && MAY_BE_HERE.test(folded)) return { what: MANY, value: folded, isUnsure: true };
    }
    return undefined;
  };

  const inAddresses = (folded: string, isShort: boolean, budget: Budget): Found | undefined => {
    const found = address.test(folded) ? addresses.find(folded, isShort, budget) : undefined;
    if (found !== undefined) return found;
    const joined = folded.replace(BREAKS, '');
    const inJoined =
      joined !== folded && address.test(joined) ? addresses.find(joined, false, budget) : undefined;
    return inJoined ?? (isShort ? inGlobs(joined, budget) : undefined);
  };

  /** Links are what they are when the call is judged; who may change them may do so after that. */
  const byLinks = (reading: string, isPath: boolean, most: number, budget: Budget): Found | undefined => {
    const home = variables['HOME'] ?? '';
    let left = most;
    for (const written of new Set([reading.trim(), ...reading.split(BETWEEN_WORDS)])) {
      for (const path of openedAt(written, home, isPath || written.startsWith('.') ? own.bases : [])) {
        if (--left < 0 || --budget.links < 0) return undefined;
        const real = followLinks?.(path);
        const what = real === undefined ? undefined : paths.find(foldAll(real), true);
        if (what !== undefined) return { what, value: written };
      }
    }
    return undefined;
  };

  return (text, readings, isPath, budget) => {
    if (!sign.test(text) && !sign.test(text.replace(BREAKS, ''))) return undefined;
    const isShort = text.length <= MAX_SHORT;
    for (const reading of readings()) {
      const patterns = isShort && A_GLOB.test(reading) ? plainPatterns(reading) : [];
      for (const one of [reading, ...ofUris(reading), ...patterns].flatMap(beforeDots)) {
        const reached = inPaths(one, isPath(), isShort, budget);
        if (reached !== undefined) return reached;
      }
      const found = inAddresses(foldAll(reading), isShort, budget);
      if (found !== undefined) return found;
      const most = isShort ? Number.POSITIVE_INFINITY : LINKS_IN_LONG;
      for (const one of link.test(reading) ? [reading, ...ofUris(reading)] : []) {
        const linked = byLinks(one, isPath(), most, budget);
        if (linked !== undefined) return linked;
      }
    }
    return undefined;
  };
}

/** A text with URIs as their parser has it, and the paths alone, as it hands them on. */
function ofUris(text: string): string[] {
  const joined = text.replace(BREAKS, '');
  if (!A_URI.test(joined)) return [];
  return [...new Set([joined, joined.replace(BEHIND_PATH, ' ')])].filter((one) => one !== text);
}

function wordsOf(folded: string, mayBePattern: boolean, hasBlanks: boolean): string[] {
  const words = folded.split(BETWEEN_WORDS);
  if (mayBePattern) {
    const patterns = folded.split(BETWEEN_PATTERNS).filter((one) => HAS_PATTERN.test(one));
    for (const pattern of patterns) words.push(...alternativesOf(pattern));
  }
  if (hasBlanks || folded.includes('..')) words.push(...folded.split(BETWEEN_LINES));
  return words;
}

/** The paths that a word may be: behind an option as in `-I/srv`, behind a scheme, and each in a list with colons. */
export function pathsIn(word: string): string[] {
  const slash = word.search(/[/~]/);
  const all = slash > 0 ? [word, word.slice(slash)] : [word];
  let at = word.indexOf(':');
  for (; at >= 0 && all.length < MAX_STARTS; at = word.indexOf(':', at + 1)) all.push(word.slice(at + 1));
  return at < 0 ? all : [...all, ...word.slice(at + 1).split(':')];
}

/** Long ones are looked at as one path, in linear time. */
const costOf = (word: string): number =>
  word.length > MAX_SHORT ? word.length / A_LONG_WORD : 1 + word.length / A_WORD;

/** The paths that a word may be to a program on this machine, with `..` behind links and as it is written. */
function openedAt(written: string, home: string, bases: readonly string[]): string[] {
  const path = written.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '').replace(/^~(?=\/|$)/, () => home);
  if (!/[^/]/.test(path) || path.includes('\0')) return [];
  if (path.startsWith('/')) return path.includes('/.') ? [path, withoutDots(path)] : [path];
  if (/^[a-z][\w+.-]*:/i.test(path) || !/\w/.test(path)) return [];
  return bases.map((base) => withoutDots(`${base}/${path}`));
}
