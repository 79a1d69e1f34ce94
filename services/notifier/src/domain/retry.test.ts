import { expect, test } from 'vitest';
import { nextWaitMs } from './retry.ts';

test('waits grow by the schedule, and end with it', () => {
  const waits = [5_000, 300_000];
  expect([1, 2, 3].map((attempt) => nextWaitMs(waits, attempt, 0, 0.5))).toEqual([5_000, 300_000, undefined]);
});

test('a wait is up to a fifth shorter or longer', () => {
  expect([0, 0.5, 1].map((random) => nextWaitMs([1_000], 1, 0, random))).toEqual([800, 1_000, 1_200]);
});

test('a receiver that asks for more time gets it, one that asks for less does not', () => {
  expect(nextWaitMs([1_000], 1, 60_000, 0.5)).toBe(60_000);
  expect(nextWaitMs([1_000], 1, 10, 0.5)).toBe(1_000);
  expect(nextWaitMs([1_000], 2, 60_000)).toBeUndefined();
});
