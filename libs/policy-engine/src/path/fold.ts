// Printable and not: every character of ASCII, which folding only makes lower case.
const ASCII = /^[\0-\x7f]*$/;
const WITHOUT_SHAPE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text as the most forgiving file system would compare it: without case, without invisible characters, compatible
 * letters made one. Two names that fold alike may be one file there, and two here.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKC').replace(WITHOUT_SHAPE, '').toLowerCase().normalize('NFKC');
}

/** A folder's or file's name in that way; some systems drop dots and spaces at its end, too. */
export function foldName(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--;
  return name.slice(0, end);
}
