import { foldName, foldText, isTangled } from '../path/fold.ts';

const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;
const MARKS = /[\p{M}\uFF9E\uFF9F]/gu;
/** Letters that stand for a sentence, and would make eighteen megabytes of one. */
const LIGATURES = /[\uFDFA\uFDFB]/g;
/** Some systems have no such characters in their own encoding, and put in the slash that looks alike. */
const SLASHES = /[\u2044\u2215\u2216\u29F5\u29F8]/g;
/** A name ends at the first of these for some readers, and others drop them. Blanks stay: they part words. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/** Text without case, invisible characters and compatibility forms, with one kind of slash; in linear time, however long. */
export function foldAll(text: string): string {
  if (PRINTABLE.test(text)) return text.toLowerCase();
  const calm = isTangled(text) ? text.replace(MARKS, '') : text.replace(LIGATURES, ' ');
  return foldText(calm.replace(SLASHES, '/').replace(CONTROLS, ''));
}

function resolved(written: readonly string[]): string[] {
  const names: string[] = [];
  for (const name of written) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

function plain(written: string): string {
  const colon = written.indexOf(':');
  return foldName(colon < 0 ? written : written.slice(0, colon));
}

/**
 * The names in a path that is folded, `.` and `..` resolved, without streams (`:`). What climbs out is left out. There are
 * two ways where names are of dots and blanks only: some systems take these for the folder itself.
 */
export function namesOf(folded: string): [string[], ...string[][]] {
  const written = folded.split('/');
  const names = resolved(written).map(plain);
  if (!written.some((name) => name !== '' && name !== '..' && plain(name) === '')) return [names];
  const others = written.filter((name) => name === '..' || plain(name) !== '');
  return [names, resolved(others).map(plain)];
}

/** The names of a path of this machine; its drive is none. */
export const rootNames = (path: string): string[] =>
  namesOf(foldAll(path.replace(/^[a-z]:/i, '').replaceAll('\\', '/')))[0];
