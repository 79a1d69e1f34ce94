import { expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

const ALL = ['ms', 's', 'm', 'h', 'd'] as const;

it.each([
  ['0s', 0],
  ['500ms', 500],
  ['50s', 50_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
  ['999999999d', 86_399_999_913_600_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text, ALL)).toBe(ms);
});

it.each([
  '',
  '5',
  's',
  '-1s',
  '+1s',
  '1.5s',
  '1e3s',
  '1 s',
  ' 1s',
  '1s ',
  '1S',
  '1s1m',
  '1w',
  '1234567890s',
  '١s',
])('%j is none', (text) => {
  expect(parseDuration(text, ALL)).toBeUndefined();
});

it('is none in a unit that is not asked for', () => {
  expect(parseDuration('1h', ['ms', 's', 'm'])).toBeUndefined();
  expect(parseDuration('1ms', ['s', 'm', 'h', 'd'])).toBeUndefined();
});
