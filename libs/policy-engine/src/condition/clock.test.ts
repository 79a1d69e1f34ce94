import { expect, it } from 'vitest';
import { createClock } from './clock.ts';

it.each([
  ['UTC', '2025-01-01T00:00:00Z', 0, 'wed'],
  ['UTC', '2025-01-01T23:59:59.999Z', 23, 'wed'],
  ['Asia/Kathmandu', '2025-01-01T18:15:00Z', 0, 'thu'],
  ['America/New_York', '2025-03-09T06:59:59Z', 1, 'sun'],
  ['America/New_York', '2025-03-09T07:00:00Z', 3, 'sun'],
  ['Pacific/Auckland', '2025-01-01T11:00:00Z', 0, 'thu'],
])('in %s, %s is hour %i of %s', (timezone, at, hour, weekday) => {
  expect(createClock(timezone)(new Date(at))).toEqual({ hour, weekday });
});

it('tells the time of each call, not of the first', () => {
  const clock = createClock('UTC');
  const hours = ['2025-01-01T08:59:59.999Z', '2025-01-01T09:00:00Z', '2025-01-01T08:00:00Z'];
  expect(hours.map((at) => clock(new Date(at))?.hour)).toEqual([8, 9, 8]);
});

it('knows no time for a date that is none', () => {
  expect(createClock('UTC')(new Date('never'))).toBeUndefined();
});
