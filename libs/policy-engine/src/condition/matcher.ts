import type { Show } from './show.ts';
import { type Truth, truthOf } from './truth.ts';

/** What an operator with its operand says of one value. */
export interface Matcher {
  test(value: unknown): Truth;
  /** The end of a sentence that starts with the field's name: `is 5, not less than 3`. `show` puts the value in words. */
  describe(value: unknown, truth: Truth, show: Show): string;
}

export type Scalar = string | number | boolean;

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || isFiniteNumber(value);
}

export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Above 2^53 a number may have been another one before it was parsed, so it is equal to nothing. */
export function isExact(value: Scalar): boolean {
  return typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

interface Judgement<T> {
  /** What a value must be to be judged; anything else can't be evaluated. */
  readonly accepts: (value: unknown) => value is T;
  readonly expected: string;
  readonly holds: (value: T) => boolean;
  /** What is so where it holds, and not so where it doesn't: `less than 3`. */
  readonly phrase: string;
}

/** A matcher that answers yes or no for values of one kind. */
export function judge<T>({ accepts, expected, holds, phrase }: Judgement<T>): Matcher {
  return {
    test: (value) => (accepts(value) ? truthOf(holds(value)) : 'unknown'),
    describe(value, truth, show) {
      if (truth === 'unknown') return `is ${show(value)}, expected ${expected}`;
      return `is ${show(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
    },
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

const TYPE_NAMES = { string: 'text', number: 'an exact number', boolean: 'true or false' } as const;

/** Of the type of this scalar, and exact: no text is ever equal to a number, no list to anything. */
export function sameTypeAs(scalar: Scalar): {
  accepts: (value: unknown) => value is Scalar;
  expected: string;
} {
  const type = typeof scalar as keyof typeof TYPE_NAMES;
  return {
    accepts: (value): value is Scalar => typeof value === type && isScalar(value) && isExact(value),
    expected: TYPE_NAMES[type],
  };
}
