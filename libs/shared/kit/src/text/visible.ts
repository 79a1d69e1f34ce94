import { every, INVISIBLE, UNUSUAL_SPACE } from './unseen.ts';

const EVERY_INVISIBLE = every(INVISIBLE);
const EVERY_UNUSUAL_SPACE = every(UNUSUAL_SPACE);

const hexOf = (char: string): string => (char.codePointAt(0) ?? 0).toString(16);

/** A character by its number, where people read: `⟨U+202E⟩`. */
export const codePoint = (char: string): string => `⟨U+${hexOf(char).toUpperCase().padStart(4, '0')}⟩`;

/** A character by its number, where it is text in a line or a log: `\u{202e}`. */
export const escaped = (char: string): string => `\\u{${hexOf(char)}}`;

/** Hostile text as text: invisible characters, but for tab and newline, are shown by their code point. */
export const visible = (text: string): string =>
  text.replace(EVERY_INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : codePoint(char)));

/** A name as people compare it, on one line: line ends, tabs and unusual spaces are shown by their code point too. */
export const oneLine = (text: string): string =>
  text.replace(EVERY_INVISIBLE, codePoint).replace(EVERY_UNUSUAL_SPACE, codePoint);

const inJson = (char: string): string =>
  Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** A JSON text of the same value in which nothing is invisible but the line ends of its indentation. */
export const visibleJson = (json: string): string =>
  json.replace(EVERY_INVISIBLE, (char) => (char === '\n' ? char : inJson(char)));
