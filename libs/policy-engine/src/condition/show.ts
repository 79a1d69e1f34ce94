const MAX_SHOWN = 80;
const MAX_LISTED = 5;

/** What a reader can't see or what would break a line: control, format and other characters without a shape. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * A value as a reason shows it: text in quotes, at most about 80 characters, with control and invisible characters
 * written as `\u{200b}`, so that a caller can't write into a log line what is not there.
 */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return `'${showText(value)}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'object' ? 'a mapping' : 'nothing';
}

/** Text without quotes around it, escaped and cut in the same way. */
export function showText(text: string): string {
  let shown = '';
  for (const character of text.slice(0, MAX_SHOWN + 1)) {
    const piece = showCharacter(character);
    if (shown.length + piece.length > MAX_SHOWN) return `${shown}…`;
    shown += piece;
  }
  return shown;
}

function showCharacter(character: string): string {
  if (UNSEEN.test(character)) return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return character === "'" || character === '\\' ? `\\${character}` : character;
}

/** A few of many, joined: `'a', 'b' and 7 more`. */
export function showSome(shown: readonly string[], joint: string, most: number = MAX_LISTED): string {
  if (shown.length <= most) return shown.join(joint);
  return `${shown.slice(0, most).join(joint)} and ${shown.length - most} more`;
}
