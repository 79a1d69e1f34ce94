import { expect, test } from 'vitest';
import { argumentConditions, callConditions } from './words.ts';

test('a pattern reads as what it lets through', () => {
  const pattern = {
    tool: 'refunds.create',
    server: 'payments',
    op: 'refund',
    max_amount_cents: 12_500,
    args: { a: { equals: 'x' }, b: { starts_with: 'Box' }, c: { at_most: 3 }, d: { any: true as const } },
  };
  const words = [...callConditions(pattern), ...argumentConditions(pattern)].map(
    ({ what, is }) => `${what} ${is}`,
  );
  expect(words).toEqual([
    'tool refunds.create',
    'server payments',
    'operation refund',
    'amount at most 125.00',
    'a exactly "x"',
    'b plain text that starts with "Box"',
    'c a whole number from 0 to 3',
    'd anything, or left out',
  ]);
});

test('without an amount it says so, because a call with one is another call', () => {
  expect(callConditions({ tool: 't' }).at(-1)).toEqual({ what: 'amount', is: 'none' });
});
