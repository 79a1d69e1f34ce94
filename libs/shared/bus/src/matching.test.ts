import { expect, test } from 'vitest';
import { matching } from './matching.ts';

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.b.c', false],
  ['a.b', 'aXb', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['a.>', 'a.', false],
  ['a.>', 'ab.c', false],
  ['a.*.c', 'a.b.c', true],
  ['a.*.c', 'a.b.b.c', false],
  ['a.*.c', 'aXb.c', false],
  ['a.*.>', 'a.b.c.d', true],
  ['a.*.>', 'a.b', false],
  ['$JS.*', '$JS.x', true],
  ['>', 'a.b', true],
])('%s and %s: %s', (pattern, subject, expected) => {
  expect(matching(pattern)(subject)).toBe(expected);
});
