import { endOfNumber, isNumberStart, isPlainNumber } from './number-text.ts';

/** A stretch of a text: `[start, end)`. */
export type Span = { readonly start: number; readonly end: number };

/** A member of an object: its key and its value, as they are written. */
export type MemberSpan = { readonly key: Span; readonly value: Span };

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * The index after the string that starts at `start`; 0 where it has no end, as in text that nobody has parsed yet. All other
 * functions here take text that is known to be valid JSON.
 */
export function endOfString(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1);
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote + 1;
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === BACKSLASH) at++;
    else if (c === QUOTE) return at + 1;
  }
  return 0;
}

/** Members written in all objects: colons outside strings, so also those that a duplicate key hides. */
export const countMembers = (text: string): number => surveyJson(text).members;

/** What one walk over a JSON text finds: its members, as {@link countMembers} has them, and how its numbers are written. */
export type Survey = {
  readonly members: number;
  /** False where a number is written in another way than JavaScript writes it, so that a double would not say the same. */
  readonly hasPlainNumbers: boolean;
};

export function surveyJson(text: string): Survey {
  let count = 0;
  let hasPlainNumbers = true;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) at = endOfString(text, at) - 1;
    else if (c === COLON) count++;
    else if (isNumberStart(c)) {
      const end = endOfNumber(text, at);
      hasPlainNumbers &&= isPlainNumber(text, at, end);
      at = end - 1;
    }
  }
  return { members: count, hasPlainNumbers };
}

/** The index of the first character from `at` on that is not whitespace; JSON has no other characters below it. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (text.charCodeAt(next) <= SPACE) next++;
  return next;
}

function endOfBrackets(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) at = endOfString(text, at) - 1;
    else if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    else if ((c === CLOSE_OBJECT || c === CLOSE_ARRAY) && --depth === 0) return at + 1;
  }
}

/** The index after the number, `true`, `false` or `null` that starts at `start`. */
export function endOfScalar(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c <= SPACE || c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY) return at;
  }
  return text.length;
}

/** The index after the value that starts at `start`. Counts brackets instead of calling itself: any depth is fine. */
export function endOfValue(text: string, start: number): number {
  const c = text.charCodeAt(start);
  if (c === QUOTE) return endOfString(text, start);
  return c === OPEN_OBJECT || c === OPEN_ARRAY ? endOfBrackets(text, start) : endOfScalar(text, start);
}

/** The index where the next item starts, after what follows an item that ended at `end`; undefined after the last one. */
function nextItem(text: string, end: number): number | undefined {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : undefined;
}

/** The first item of the object or array that starts at `start`, undefined where it is empty. */
function firstItem(text: string, start: number): number | undefined {
  const at = skipSpace(text, start + 1);
  const c = text.charCodeAt(at);
  return c === CLOSE_OBJECT || c === CLOSE_ARRAY ? undefined : at;
}

/** The members of the object that starts at `start`, in their order, those with an equal key too. */
export function* members(text: string, start: number): Generator<MemberSpan, void> {
  for (let at = firstItem(text, start); at !== undefined; ) {
    const key = { start: at, end: endOfString(text, at) };
    const from = skipSpace(text, skipSpace(text, key.end) + 1);
    const value = { start: from, end: endOfValue(text, from) };
    yield { key, value };
    at = nextItem(text, value.end);
  }
}

/** The elements of the array that starts at `start`. */
export function* elements(text: string, start: number): Generator<Span, void> {
  for (let at = firstItem(text, start); at !== undefined; ) {
    const element = { start: at, end: endOfValue(text, at) };
    yield element;
    at = nextItem(text, element.end);
  }
}

/** The text of a span. */
export const slice = (text: string, span: Span): string => text.slice(span.start, span.end);

/** What a key says, whatever escapes it is written with. */
export function keyOf(text: string, key: Span): string {
  const written = slice(text, key);
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}
