/** One that a terminal obeys, at which a C string ends, or which ends a line (Unicode's Cc). */
export const CONTROL = /\p{Cc}/u;

/** A control, or one of the two others at which some reader begins a new line. */
export const LINE_BREAKING = /[\p{Cc}\u2028\u2029]/u;

/** A text without such a character: one line to every reader. */
export const ONE_LINE = /^[^\p{Cc}\u2028\u2029]*$/u;

/** One that Unicode leaves out of comparisons, and file systems too: formats, and whatever is ignorable by default. */
export const IGNORABLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/**
 * One that a person can't see, that turns text around, or that is another one to each reader: controls, formats (bidi, zero
 * width, soft hyphen), halves of characters, those without a meaning or with a private one, line and paragraph separators,
 * fillers (Unicode TR36 §2.5), and two symbols that are blank.
 */
export const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;

/** A space that looks like the common one and is another character. */
export const UNUSUAL_SPACE = /(?! )\p{Zs}/u;

/** Each character of such a class, for `replace` and the like. */
export const every = (one: RegExp): RegExp => new RegExp(one.source, 'gu');

// One class, not two in turn: what is in both would be tried in every order.
const NOTHING_TO_SEE = new RegExp(`^[${INVISIBLE.source}\\p{Z}]*$`, 'v');

/** Whether a text has nothing that a person sees: invisible characters, and spaces of any kind. */
export const isBlank = (text: string): boolean => NOTHING_TO_SEE.test(text);
