import { expect, it } from 'vitest';
import { blockedWords } from './blocked.ts';

it.each([
  [1, 0, 'which was not blocked'],
  [1, 1, 'which was blocked'],
  [3, 0, 'none of them blocked'],
  [3, 1, '1 of them blocked'],
  [3, 3, 'all of them blocked'],
  [2_000, 1_500, '1,500 of them blocked'],
])('of %d calls, %d blocked: %s', (total, blocked, words) => {
  expect(blockedWords(total, blocked)).toBe(words);
});
