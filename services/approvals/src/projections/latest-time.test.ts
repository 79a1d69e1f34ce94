import { expect, it } from 'vitest';
import { LatestTime } from './latest-time.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

it('a time that is ahead of the clock goes on from when the log took it', () => {
  const time = new LatestTime(START);
  time.read(START + HOUR - 500, START - 500);
  expect(time.earliestNowMs).toBeGreaterThanOrEqual(START + HOUR);
  expect(time.earliestNowMs).toBeLessThan(START + 2 * HOUR);
});

it('a time that is not ahead stays what it is, whatever the clock of the log says', () => {
  const time = new LatestTime(START);
  time.read(START - HOUR, START - 2 * HOUR);
  expect(time.earliestNowMs).toBeLessThan(START);
});

it('an older one changes nothing', () => {
  const time = new LatestTime(START);
  time.saw(START + HOUR);
  const before = time.earliestNowMs;
  time.saw(START);
  time.read(START, START);
  expect(time.earliestNowMs).toBeGreaterThanOrEqual(before);
});
