import { every, IGNORABLE } from '@aegis/kit/text';
import { foldName, foldText, isTangled } from '../path/fold.ts';

const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;
const MARKS = /[\p{M}\uFF9E\uFF9F]/gu;
/** Letters that stand for a sentence, and would make eighteen megabytes of one. */
const LIGATURES = /[\uFDFA\uFDFB]/g;
/** Some systems have no such characters in their own encoding, and put in the slash that looks alike. */
const SLASHES = /[\u2044\u2215\u2216\u29F5\u29F8]/g;
/** A name ends at the first of these for some readers, and others drop them. Blanks stay: they part words. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;
const SHAPELESS = every(IGNORABLE);

/** Text without case, invisible characters and compatibility forms, with one kind of slash; in linear time, however long. */
export function foldAll(text: string): string {
  if (PRINTABLE.test(text)) return text.toLowerCase();
  return foldText(calmed(text).replace(SLASHES, '/').replace(CONTROLS, ''));
}

const calmed = (text: string): string =>
  isTangled(text) ? text.replace(MARKS, '') : text.replace(LIGATURES, ' ');

/**
 * A text with `..` as readers have it before they resolve that: folded, as it stands, and with each half of folding by
 * itself. A name that folding makes nothing, dots or two names takes another one with it for each of them.
 */
export function beforeDots(text: string): string[] {
  const folded = foldAll(text);
  if (PRINTABLE.test(text)) return [folded];
  // Where a name ends at a NUL, it is a file of another name than where that is dropped.
  const [cut = ''] = text.split('\0', 1);
  if (cut !== text)
    return [folded, ...(folded.includes('..') ? dotted(text, folded) : []), ...beforeDots(cut)];
  return folded.includes('..') ? dotted(text, folded) : [folded];
}

function dotted(text: string, folded: string): string[] {
  return [
    ...new Set([
      folded,
      text,
      text.replaceAll('\0', '\n'),
      text.replace(CONTROLS, ''),
      text.replace(SHAPELESS, ''),
      text.replace(CONTROLS, '').replace(SHAPELESS, ''),
      text.replace(SLASHES, '/'),
      calmed(text).normalize('NFKC'),
    ]),
  ];
}

function resolved(written: readonly string[]): string[] {
  const names: string[] = [];
  for (const name of written) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/** An absolute path without `.` and `..`, as it is written. */
export const withoutDots = (path: string): string => `/${resolved(path.split('/')).join('/')}`;

function plain(written: string): string {
  const folded = foldAll(written);
  const colon = folded.indexOf(':');
  return foldName(colon < 0 ? folded : folded.slice(0, colon));
}

/**
 * The names in a path, `.` and `..` resolved as they stand there, each folded after that and without streams (`:`). What
 * climbs out is left out. There are two ways where names are of dots and blanks only: some systems take these for the folder
 * itself.
 */
export function namesOf(path: string): [string[], ...string[][]] {
  const written = path.split('/');
  const names = resolved(written).map(plain);
  if (!written.some((name) => name !== '' && name !== '..' && plain(name) === '')) return [names];
  const others = written.filter((name) => name === '..' || plain(name) !== '');
  return [names, resolved(others).map(plain)];
}

/** The names of a path of this machine; its drive is none. */
export const rootNames = (path: string): string[] =>
  namesOf(foldAll(path.replace(/^[a-z]:/i, '').replaceAll('\\', '/')))[0];

/** The names of a relative path, and how many folders it goes up before them. */
export function relativeNames(path: string): { readonly up: number; readonly names: string[] } {
  const names: string[] = [];
  let up = 0;
  for (const name of path.split('/')) {
    if (name === '..') up += names.pop() === undefined ? 1 : 0;
    else if (plain(name) !== '') names.push(plain(name));
  }
  return { up, names };
}
