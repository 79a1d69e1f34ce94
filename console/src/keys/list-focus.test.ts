import { expect, test } from 'vitest';
import { step } from './list-focus.ts';

test.each([
  ['an empty list has no next one', 0, -1, -1, 1, undefined],
  ['without a focus it begins with the first', 3, -1, -1, 1, 0],
  ['who comes back goes on from what was opened', 3, -1, 2, 1, 2],
  ['down', 3, 0, -1, 1, 1],
  ['up', 3, 1, -1, -1, 0],
  ['the last stays the last', 3, 2, -1, 1, 2],
  ['the first stays the first', 3, 0, -1, -1, 0],
] as const)('%s', (_, length, focused, remembered, by, next) => {
  expect(step(length, focused, remembered, by)).toBe(next);
});
