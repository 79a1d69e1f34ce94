import { isNumber, WrittenNumber } from '@aegis/kit/numbers';
import { escaped, INVISIBLE } from '@aegis/kit/text';
import { isSecretName } from '../secrets/names.ts';
import { secretSpans } from '../secrets/shapes.ts';

const MAX_SHOWN = 80;
const HIDDEN = '[redacted]';
const MAX_LISTED = 5;
/** So far a text is searched for secrets: enough to see the end of what starts where a reason still quotes. */
const IN_SIGHT = 1024;

/**
 * A value as a reason shows it: text in quotes, at most about 80 characters, with control and invisible characters
 * written as `\u{200b}`, so that a caller can't write into a log line what is not there, and without secrets.
 */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return `'${showText(value)}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (value instanceof WrittenNumber) return showText(value.text);
  return typeof value === 'object' ? 'a mapping' : 'nothing';
}

/** How a value is put in words. */
export type Show = typeof showValue;

/** How the value under these keys is shown: not at all where one of them is the name of a secret. */
export function showFor(keys: readonly string[] | undefined): Show {
  return keys?.some(isSecretName) ? showHidden : showValue;
}

/** What has no value yet is no secret, nor is true or false. */
function showHidden(value: unknown): string {
  const isHidden = isNumber(value) || (typeof value === 'string' && value !== '');
  return isHidden ? HIDDEN : showValue(value);
}

/**
 * Text without quotes around it, escaped and cut in the same way, and without what looks like a secret: reasons are
 * stored and shown where the arguments are not. What a secret hides doesn't let more of the text be seen.
 */
export function showText(text: string): string {
  const secrets = secretSpans(text.slice(0, IN_SIGHT));
  let shown = '';
  let at = 0;
  while (at < text.length) {
    const secret = secrets.find(({ start }) => start === at);
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const piece = secret === undefined ? showCharacter(character) : HIDDEN;
    if (at > MAX_SHOWN || shown.length + piece.length > MAX_SHOWN) return `${shown}…`;
    shown += piece;
    at = secret?.end ?? at + character.length;
  }
  return shown;
}

function showCharacter(character: string): string {
  if (INVISIBLE.test(character)) return escaped(character);
  return character === "'" || character === '\\' ? `\\${character}` : character;
}

/** A few of many, joined: `'a', 'b' and 7 more`. */
export function showSome(shown: readonly string[], joint: string, most: number = MAX_LISTED): string {
  if (shown.length <= most) return shown.join(joint);
  return `${shown.slice(0, most).join(joint)} and ${shown.length - most} more`;
}
