import { expect, test } from 'vitest';
import { COLUMNS, extent, isLong } from './extent.ts';

test.each([
  ['line ends that push all else away', `hello${'\n'.repeat(1400)}`],
  ['a dozen line ends', '\n'.repeat(12)],
  ['one line that is drawn on many', 'x'.repeat(13 * COLUMNS.value)],
  ['characters that are two wide', '金'.repeat(7 * COLUMNS.value)],
  ['characters that are shown by their number', '\u200B'.repeat(45)],
])('long is what takes many lines: %s', (_, text) => {
  expect(isLong(text, COLUMNS.value)).toBe(true);
});

test.each(['', 'Box arrived open', '\n'.repeat(11), 'x'.repeat(12 * COLUMNS.value)])(
  'what fits is not long: %j',
  (text) => {
    expect(isLong(text, COLUMNS.value)).toBe(false);
  },
);

test('how long it is, for who sees only a part of it', () => {
  expect(extent(`hello${'\n'.repeat(1400)}`)).toBe('1,401 lines, 1.4 KB');
  expect(extent('é')).toBe('1 line, 2 bytes');
  expect(extent('x'.repeat(100 * 1024))).toBe('1 line, 100 KB');
  expect(extent('x'.repeat(3 * 1024 * 1024))).toBe('1 line, 3.0 MB');
});
