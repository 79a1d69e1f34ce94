import { type AnyNumber, compareNumbers } from '@aegis/kit/numbers';
import { isComparable, judge, type Matcher, roundsTo } from './matcher.ts';
import { showValue } from './show.ts';
import { joinAll, type Truth } from './truth.ts';

const ORDERS = {
  lt: ['less than', (order: number) => order < 0],
  lte: ['at most', (order: number) => order <= 0],
  gt: ['more than', (order: number) => order > 0],
  gte: ['at least', (order: number) => order >= 0],
} as const;

export type Order = keyof typeof ORDERS;

export function isOrder(name: string): name is Order {
  return Object.hasOwn(ORDERS, name);
}

/** To the last digit. Text is never read as a number, and NaN is in no order. */
export function ordered(order: Order, operand: AnyNumber): Matcher {
  const [word, isSo] = ORDERS[order];
  const orderOf = (value: AnyNumber): number => compareNumbers(value, operand) ?? Number.NaN;
  return judge({
    accepts: isComparable,
    expected: 'a number',
    holds: (value) => isSo(orderOf(value)),
    // Rounding leads past no bound that such a reader has, but it leads to it.
    differs: (value, isNow) => isNow !== isSo(0) && roundsTo(value, (rounded) => orderOf(rounded) === 0),
    phrase: `${word} ${showValue(operand)}`,
  });
}

/** The length of text, in UTF-16 code units, or the number of a list's elements, against all of these. */
export function ofLength(matchers: readonly Matcher[]): Matcher {
  return {
    test(value) {
      const length = lengthOf(value);
      return length === undefined ? 'unknown' : joinAll(matchers, length);
    },
    describe(value, truth, show) {
      const length = lengthOf(value);
      if (length === undefined) return `is ${show(value)}, expected text or a list`;
      return `has a length that ${describeAll(matchers, length, truth)}`;
    },
  };
}

function describeAll(matchers: readonly Matcher[], length: number, truth: Truth): string {
  const deciding = matchers.filter((matcher) => matcher.test(length) === truth);
  return deciding.map((matcher) => matcher.describe(length, truth, showValue)).join(' and ');
}

function lengthOf(value: unknown): number | undefined {
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
}
