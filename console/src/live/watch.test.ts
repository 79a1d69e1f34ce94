import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWatch, LOOK_MS } from './watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watching() {
  const page = { isWanted: true, looks: 0, lost: [] as boolean[] };
  const watch = createWatch({
    isWanted: () => page.isWanted,
    look: () => {
      page.looks += 1;
    },
    onLost: (isLost) => void page.lost.push(isLost),
  });
  return { page, watch };
}

test('while the stream is refused again and again, the server is asked at once and every ten seconds', () => {
  const { page, watch } = watching();
  for (let seconds = 0; seconds < 30; seconds += 1) {
    watch.down();
    vi.advanceTimersByTime(1000);
  }
  expect(page.looks).toBe(4);
  expect(page.lost).toEqual([true]);
});

test('nothing is asked for a page that nobody sees', () => {
  const { page, watch } = watching();
  watch.down();
  page.isWanted = false;
  vi.advanceTimersByTime(3 * LOOK_MS);
  expect(page.looks).toBe(0);
});

test('what is back at once is nothing to tell of, and what was missed is asked for', () => {
  const { page, watch } = watching();
  watch.down();
  vi.advanceTimersByTime(1000);
  watch.up();
  vi.advanceTimersByTime(3 * LOOK_MS);
  expect(page.lost).toEqual([false]);
  expect(page.looks).toBe(1);
});

test('a stream that comes up for the first time asks nothing', () => {
  const { page, watch } = watching();
  watch.up();
  expect(page.looks).toBe(0);
});
