import { expect, it } from 'vitest';
import { createHeldCalls } from './held-calls.ts';

it('one caller holds a quarter of the calls that may be held, and another finds room', () => {
  const held = createHeldCalls(8);
  expect([1, 2, 3].map((n) => held.enter(`apr_${n}`, 'key:flood'))).toEqual([true, true, false]);
  expect(held.enter('apr_4', 'key:other')).toBe(true);
  held.leave('apr_1', 'key:flood');
  expect(held.enter('apr_3', 'key:flood')).toBe(true);
});

it('two equal calls wait for one approval: the last of them leaves nobody behind', () => {
  const held = createHeldCalls();
  held.enter('apr_1', 'key:a');
  held.enter('apr_1', 'key:a');
  expect([held.leave('apr_1', 'key:a'), held.leave('apr_1', 'key:a')]).toEqual([false, true]);
  expect(held.has('apr_1')).toBe(false);
});
