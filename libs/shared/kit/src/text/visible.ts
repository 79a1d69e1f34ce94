/**
 * Characters that a person can't see or that turn text around: controls, format characters (bidi, zero width, soft hyphen),
 * halves of characters, line and paragraph separators, fillers (Unicode TR36 §2.5), and two symbols that are blank.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu;

/** Spaces that look like the common one and are another character. */
export const UNUSUAL_SPACE = /(?! )\p{Zs}/gu;

/** A character by its number: `⟨U+202E⟩`. */
export const codePoint = (char: string): string =>
  `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Hostile text as text: invisible characters, but for tab and newline, are shown by their code point. */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : codePoint(char)));

/** A name as people compare it, on one line: line ends, tabs and unusual spaces are shown by their code point too. */
export const oneLine = (text: string): string =>
  text.replace(INVISIBLE, codePoint).replace(UNUSUAL_SPACE, codePoint);
