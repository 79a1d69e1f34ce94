import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGuard, GUARD_MS } from './guard.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const guarded = () => {
  const ready: boolean[] = [];
  const guard = createGuard(
    (isReady) => ready.push(isReady),
    () => Date.now(),
  );
  return { guard, ready };
};

test('nothing counts before it is shown, nor in the first half second', () => {
  const { guard, ready } = guarded();
  vi.advanceTimersByTime(10_000);
  expect(guard.isReady()).toBe(false);
  guard.show('one');
  vi.advanceTimersByTime(GUARD_MS - 1);
  expect(guard.isReady()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(guard.isReady()).toBe(true);
  expect(ready).toEqual([false, true]);
});

test('what changes starts the time anew; what stays the same does not', () => {
  const { guard } = guarded();
  guard.show('one');
  vi.advanceTimersByTime(GUARD_MS);
  guard.show('one');
  expect(guard.isReady()).toBe(true);
  guard.show('another');
  expect(guard.isReady()).toBe(false);
});

test('whoever comes back to the window has to look first', () => {
  const { guard } = guarded();
  guard.show('one');
  vi.advanceTimersByTime(GUARD_MS);
  guard.restart();
  vi.advanceTimersByTime(GUARD_MS - 1);
  expect(guard.isReady()).toBe(false);
});
