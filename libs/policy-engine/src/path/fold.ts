import { every, IGNORABLE, withoutCase } from '@aegis/kit/text';

// Printable and not: every character of ASCII, which folding only makes lower case.
const ASCII = /^[\0-\x7f]*$/;
/** What file systems leave out; they keep private characters and blank symbols, which fold to themselves. */
const WITHOUT_SHAPE = every(IGNORABLE);
/**
 * More marks on one letter than text has: 30 are the most in the Stream-Safe Text Format (UAX 15). Normalising sorts them,
 * which takes quadratic time. The two voicing signs become marks, and characters without a shape go away between marks.
 */
const TANGLE = new RegExp(`[\\p{M}\\uFF9E\\uFF9F${IGNORABLE.source}]{31}`, 'v');

/** Whether folding this text could take long. */
export function isTangled(text: string): boolean {
  return !ASCII.test(text) && TANGLE.test(text);
}

/**
 * Text as the most forgiving file system would compare it: without case, without invisible characters, compatible
 * letters made one. Two names that fold alike may be one file there, and two here. Names that only look alike fold by
 * `foldName` of the kit: to a file system a space and a mark are characters like any.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const shapes = text.normalize('NFKC').replace(WITHOUT_SHAPE, '');
  return withoutCase(shapes).normalize('NFKC');
}

/** A folder's or file's name in that way; some systems drop dots and spaces at its end, too. */
export function foldName(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--;
  return name.slice(0, end);
}
