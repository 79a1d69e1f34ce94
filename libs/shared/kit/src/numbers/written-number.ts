import { compareDecimals, isWholeDecimal, plainDecimal } from './decimal.ts';

declare global {
  interface JSON {
    /** Its text stands in JSON as it is (https://github.com/tc39/proposal-json-parse-with-source). */
    rawJSON(text: string): object;
  }
}

/**
 * A JSON number whose text is not what JavaScript writes for it: `1.0`, `1e308`, `-0`, 12345678901234567890. A double would
 * hold another text, or another number. `JSON.stringify` writes it as it was written.
 */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    Object.freeze(this);
  }

  toJSON(): object {
    return JSON.rawJSON(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** A number of a text that was read as it is written: a double where that says the same. */
export type AnyNumber = number | WrittenNumber;

/** Whether this is a number, whatever a double holds; neither NaN nor an infinity is one. */
export const isNumber = (value: unknown): value is AnyNumber =>
  (typeof value === 'number' && Number.isFinite(value)) || value instanceof WrittenNumber;

/** The number of a JSON text, which has to be one. */
export function readNumber(text: string): AnyNumber {
  const value = Number(text);
  // A copy: a slice would keep the whole text alive that it is cut from.
  return String(value) === text ? value : new WrittenNumber(JSON.parse(`"${text}"`) as string);
}

/** How two numbers compare, exactly: -1 for less, 0 for equal, 1 for more; undefined where nobody can tell. */
export function compareNumbers(one: AnyNumber, other: AnyNumber): -1 | 0 | 1 | undefined {
  if (typeof one === 'number' && typeof other === 'number') return Math.sign(one - other) as -1 | 0 | 1;
  return compareDecimals(String(one), String(other));
}

/**
 * What a reader that has doubles alone takes a number for, where that is another one than stands there: the nearest double,
 * by the digits that JavaScript writes for it and by all that it has. None where a double holds none so large.
 */
export function roundingsOf(value: AnyNumber): readonly AnyNumber[] {
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return [];
  const double = Number(String(value));
  if (!Number.isFinite(double)) return [];
  const rounded = typeof value === 'number' ? [] : [double];
  return Number.isInteger(double) && !Number.isSafeInteger(double)
    ? [...rounded, readNumber(String(BigInt(double)))]
    : rounded;
}

/** Whether this is a whole number, in whatever way it is written. */
export const isWholeNumber = (value: AnyNumber): boolean => isWholeDecimal(String(value));

/** The number itself where a double is exactly it, whatever way it is written in: 1 for `1.0`. */
export function asDouble(value: AnyNumber): AnyNumber {
  if (typeof value === 'number') return value;
  const double = Number(value.text);
  if (!Number.isFinite(double) || compareDecimals(value.text, String(double)) !== 0) return value;
  // Minus zero is written as zero.
  return double === 0 ? 0 : double;
}

/** What nests deeper is no call and no policy, and is left as it is. */
const MAX_LEVELS = 100;

/** A copy with other numbers in the place of written ones; the value itself where none is another. */
function replaceWritten(
  value: unknown,
  by: (written: WrittenNumber) => AnyNumber,
  levels = MAX_LEVELS,
): unknown {
  if (value instanceof WrittenNumber) return by(value);
  if (typeof value !== 'object' || value === null || levels === 0) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, replaceWritten(item, by, levels - 1)] as const,
  );
  if (entries.every(([key, item]) => item === (value as Record<string, unknown>)[key])) return value;
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** The same value with each number as a double that has one which is exactly it, for fields that take numbers. */
export const withDoubles = (value: unknown): unknown => replaceWritten(value, asDouble);

/** The same value with equal numbers written in one way, for who asks whether values are equal. */
export const withPlainNumbers = (value: unknown): unknown =>
  replaceWritten(value, (written) => {
    const double = asDouble(written);
    return typeof double === 'number'
      ? double
      : new WrittenNumber(plainDecimal(written.text) ?? written.text);
  });
