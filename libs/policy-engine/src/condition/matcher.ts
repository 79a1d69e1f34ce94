import { type AnyNumber, compareNumbers, isNumber, roundingsOf } from '@aegis/kit/numbers';
import type { Show } from './show.ts';
import { type Truth, truthOf } from './truth.ts';

/** What an operator with its operand says of one value. */
export interface Matcher {
  test(value: unknown): Truth;
  /** The end of a sentence that starts with the field's name: `is 5, not less than 3`. `show` puts the value in words. */
  describe(value: unknown, truth: Truth, show: Show): string;
}

export type Scalar = string | AnyNumber | boolean;

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || isComparable(value);
}

/** Whether this is a number that can be compared to the last digit. */
export function isComparable(value: unknown): value is AnyNumber {
  return isNumber(value) && (typeof value === 'number' || compareNumbers(value, 0) !== undefined);
}

/**
 * Whether readers of JSON that have doubles alone take a number for one that is so. Most have no others, and the rest read
 * each digit, so neither reading is the one that counts.
 */
export const roundsTo = (value: unknown, isSo: (rounded: AnyNumber) => boolean): boolean =>
  isNumber(value) && roundingsOf(value).some(isSo);

interface Judgement<T> {
  /** What a value must be to be judged; anything else can't be evaluated. */
  readonly accepts: (value: unknown) => value is T;
  readonly expected: string;
  readonly holds: (value: T) => boolean;
  /** What is so where it holds, and not so where it doesn't: `less than 3`. */
  readonly phrase: string;
  /** Whether it would be otherwise for a reader that takes the value for another one. */
  readonly differs?: (value: T, holds: boolean) => boolean;
}

const ROUNDED = 'which is another number for readers that round it to a double';

/** What docs/policy.md says of such a number: one, and no order or equality of it can be told. */
export const TOO_LARGE_TO_COMPARE = 'a number with a power of ten too large to compare';

/** What is wrong with a value that is not accepted: a number that nobody can compare is one all the same. */
export const instead = (value: unknown, expected: string): string =>
  isNumber(value) && !isComparable(value) ? TOO_LARGE_TO_COMPARE : `expected ${expected}`;

/** A matcher that answers yes or no for values of one kind. */
export function judge<T>({ accepts, expected, holds, phrase, differs }: Judgement<T>): Matcher {
  return {
    test(value) {
      if (!accepts(value)) return 'unknown';
      const isSo = holds(value);
      return differs?.(value, isSo) ? 'unknown' : truthOf(isSo);
    },
    describe(value, truth, show) {
      if (truth === 'unknown')
        return `is ${show(value)}, ${accepts(value) ? ROUNDED : instead(value, expected)}`;
      return `is ${show(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
    },
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

const TYPE_NAMES = { string: 'text', number: 'a number', boolean: 'true or false' } as const;

/** What kind of scalar this is. */
export const typeOf = (scalar: Scalar): keyof typeof TYPE_NAMES =>
  isNumber(scalar) ? 'number' : (typeof scalar as 'string' | 'boolean');

/** Of the type of this scalar: no text is ever equal to a number, no list to anything. */
export function sameTypeAs(scalar: Scalar): {
  accepts: (value: unknown) => value is Scalar;
  expected: string;
} {
  const type = typeOf(scalar);
  return {
    accepts: (value): value is Scalar => isScalar(value) && typeOf(value) === type,
    expected: TYPE_NAMES[type],
  };
}
