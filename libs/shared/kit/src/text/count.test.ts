import { expect, it } from 'vitest';
import { count } from './count.ts';

it.each([
  [count(0, 'call'), '0 calls'],
  [count(1, 'call'), '1 call'],
  [count(1_200, 'call'), '1,200 calls'],
  [count(1, 'of the files was', 'of the files were'), '1 of the files was'],
  [count(2, 'of the files was', 'of the files were'), '2 of the files were'],
])('as many as there are: %s', (said, expected) => {
  expect(said).toBe(expected);
});
