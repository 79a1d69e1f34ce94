import { readNumber } from '@aegis/kit/numbers';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { equal, having } from './equality.ts';
import type { Scalar } from './matcher.ts';
import { joinAny } from './truth.ts';

/** Numbers as they are written, near to one another and to where doubles end. */
const written = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '0.0',
    '5',
    '5.0',
    '0.5',
    '5e0',
    '9007199254740991',
    '9007199254740993',
    '1e400',
  ),
  fc.constantFrom(
    '1e-400',
    '5e-999999999999',
    '50e-1',
    `5${'0'.repeat(70)}e-70`,
    '0.1',
    '1e-1',
    '-5',
    '1e16',
  ),
  fc.integer({ min: -9, max: 9 }).map(String),
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const number = written.map(readNumber);
const element = fc.oneof(number, fc.constantFrom('5', true, false, null, [], [5]));

it('a list has an element exactly where one of its elements is equal to it, however the two are written', () => {
  fc.assert(
    fc.property(fc.oneof(number, fc.boolean()), fc.array(element), (operand: Scalar, list) => {
      const each = list.map((one) => ({ test: () => equal(operand).test(one) }));
      expect(having(operand).test(list)).toBe(joinAny(each, undefined));
    }),
    { numRuns: 3_000 },
  );
});

it.each<[string, Scalar, boolean]>([
  ['5.0', 5, true],
  ['5', readNumber('5.00'), true],
  [`5${'0'.repeat(70)}e-70`, 5, true],
  ['4', 5, false],
])('a list of many numbers and %s has %s: %s', (one, operand, is) => {
  const list = [...Array.from({ length: 1_000 }, (_, n) => n + 10), readNumber(one)];
  expect(having(operand).test(list)).toBe(is ? 'holds' : 'fails');
});
