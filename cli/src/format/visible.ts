/**
 * What a terminal obeys or hides rather than shows: control characters (ANSI sequences start with one), formats (they
 * turn the reading direction round), line and paragraph separators, lone surrogates, and whatever Unicode says to ignore.
 */
const HOSTILE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from elsewhere, fit for one line at a terminal: `\u{1b}` instead of the character. */
export const visible = (text: string): string =>
  text.replace(HOSTILE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

const jsonEscape = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** JSON of the same value in which nothing reaches a terminal that it would obey. `indent` 0 puts it on one line. */
export function toSafeJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  return text.replace(HOSTILE, (character) => (character === '\n' ? character : jsonEscape(character)));
}
