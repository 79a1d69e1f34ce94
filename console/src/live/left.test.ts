import { expect, test } from 'vitest';
import { ago, lasting, urgency } from './left.ts';

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [245_000, '4 min 05 s'],
  [3_720_000, '1 h 02 min'],
  [277_200_000, '3 d 5 h'],
])('%d ms are %s', (ms, text) => {
  expect(lasting(ms)).toBe(text);
});

test.each([
  [4000, 'just now'],
  [30_000, '30 s ago'],
  [300_000, '5 min ago'],
  [7_200_000, '2 h ago'],
  [172_800_000, '2 d ago'],
])('%d ms are %s', (ms, text) => {
  expect(ago(ms)).toBe(text);
});

test('the last minute and the last five look urgent, and at zero it is over', () => {
  expect([0, 60_000, 300_000, 300_001].map(urgency)).toEqual(['over', 'now', 'soon', 'later']);
});
