import { INVISIBLE } from './unseen.ts';

/**
 * Characters that make no name another one: those that nobody sees, spaces, and the dot that lower-casing leaves of a
 * capital I with a dot.
 */
const UNSEEN = new RegExp(`[${INVISIBLE.source}\\p{Z}\\u0307]`, 'gv');
const PLAIN_WORD = /^[a-z0-9$./:_-]*$/i;
const NOT_ASCII = /[^\0-\x7f]/gu;
const MARK = /^\p{M}$/u;
const TWO_MARKS = /\p{M}{2}/u;
/**
 * More marks on one letter than text has (Stream-Safe Text Format, UAX 15): normalising sorts them, in quadratic time. The
 * two voicing signs of half width become marks.
 */
const MANY_MARKS = /[\p{M}\uff9e\uff9f]{31}/u;

/** The marks of each letter once, in one order. No expression takes a run of them: a long one would fill its stack. */
function withMarksInOrder(text: string): string {
  if (!TWO_MARKS.test(text)) return text;
  const marks = new Set<string>();
  let ordered = '';
  const take = (): void => {
    if (marks.size > 0) ordered += [...marks].toSorted().join('');
    marks.clear();
  };
  for (const char of text) {
    if (marks.has(char)) continue;
    if (MARK.test(char)) marks.add(char);
    else {
      take();
      ordered += char;
    }
  }
  take();
  return ordered;
}

/** Without sorting marks where there are many: each of them once, and each character by itself. */
const decompose = (text: string): string =>
  MANY_MARKS.test(text)
    ? withMarksInOrder(text).replace(NOT_ASCII, (char) => char.normalize('NFKD'))
    : text.normalize('NFKD');

/** Text without case: there and back, because ß and SS, and the two small sigmas, are one letter only in the other case. */
export const withoutCase = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/**
 * A name as the most careless reader takes it; two names that fold alike look alike. Case, compatibility forms (the long s
 * is an s, the Kelvin sign a k, full-width letters are letters), invisible characters and spaces make no difference, nor do
 * order and number of the marks on a letter. So all normal forms of Unicode (UAX 15) and all cases of a letter fold alike.
 * Takes time in proportion to the name's length, whatever is in it, so no name is too long to be folded. Names of files
 * fold in another way, where a space counts: `path/fold.ts` of the policy engine.
 */
export function foldName(name: string): string {
  if (PLAIN_WORD.test(name)) return name.toLowerCase();
  const decomposed = decompose(name.replace(UNSEEN, '')).replace(UNSEEN, '');
  return withoutCase(withMarksInOrder(decomposed));
}
