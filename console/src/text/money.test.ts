import { expect, test } from 'vitest';
import { cents, money } from './money.ts';

test.each([
  [0, '0.00'],
  [7, '0.07'],
  [12_500, '125.00'],
  [125_000_000, '1,250,000.00'],
  [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
])('%d cents are %s', (amount, text) => {
  expect(money(amount)).toBe(text);
  expect(cents(text)).toBe(amount);
});

test.each([
  ['125', 12_500],
  [' 1,250.5 ', 125_050],
  ['0.07', 7],
])('who writes %s means %d cents', (text, amount) => {
  expect(cents(text)).toBe(amount);
});

test.each(['', '-1', '1.234', '1e3', 'ten', '.5'])('%j is no amount', (text) => {
  expect(cents(text)).toBeUndefined();
});
