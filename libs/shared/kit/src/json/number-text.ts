const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
/** A double keeps each number of so many digits. */
const KEPT_DIGITS = 15;

const isDigit = (c: number): boolean => c >= ZERO && c <= NINE;

const isNumberPart = (c: number): boolean =>
  isDigit(c) || c === DOT || c === LOWER_E || c === UPPER_E || c === MINUS || c === PLUS;

/** Whether a number starts with this character, outside of a string of valid JSON. */
export const isNumberStart = (c: number): boolean => c === MINUS || isDigit(c);

/** The index after the number that starts at `start`. */
export function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

/** JavaScript writes what is smaller with a power of ten. */
const SMALL = '0.000000';

/** Whether these are digits, and perhaps a dot, that a double holds and JavaScript writes so. Looks at no more than that. */
function isShortAndPlain(text: string, start: number, end: number): boolean {
  if (end - start > KEPT_DIGITS) return false;
  let hasDot = false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === DOT) hasDot = true;
    else if (!isDigit(c)) return false;
  }
  return !hasDot || (text.charCodeAt(end - 1) !== ZERO && !text.startsWith(SMALL, start));
}

/** Whether the number between these places is written as JavaScript writes it. Linear in its length. */
export function isPlainNumber(text: string, start: number, end: number): boolean {
  if (isShortAndPlain(text, start, end)) return true;
  const written = text.slice(start, end);
  return String(Number(written)) === written;
}
