import { expect, it } from 'vitest';
import { CONTROL, every, IGNORABLE, INVISIBLE, isBlank, LINE_BREAKING, UNUSUAL_SPACE } from './unseen.ts';

const CLASSES = { CONTROL, LINE_BREAKING, IGNORABLE, INVISIBLE, UNUSUAL_SPACE };

it.each([
  ['a NUL', '\0', 'CONTROL LINE_BREAKING INVISIBLE'],
  ['a newline', '\n', 'CONTROL LINE_BREAKING INVISIBLE'],
  ['the start of an ANSI sequence', '\u001b', 'CONTROL LINE_BREAKING INVISIBLE'],
  ['a C1 control', '\u0085', 'CONTROL LINE_BREAKING INVISIBLE'],
  ['a line separator', '\u2028', 'LINE_BREAKING INVISIBLE'],
  ['a paragraph separator', '\u2029', 'LINE_BREAKING INVISIBLE'],
  ['a zero-width space', '\u200b', 'IGNORABLE INVISIBLE'],
  ['a turned reading direction', '\u202e', 'IGNORABLE INVISIBLE'],
  ['a soft hyphen', '\u00ad', 'IGNORABLE INVISIBLE'],
  ['a variation selector', '\ufe0f', 'IGNORABLE INVISIBLE'],
  ['a filler that is a letter', '\u3164', 'IGNORABLE INVISIBLE'],
  ['a tag', '\u{e0041}', 'IGNORABLE INVISIBLE'],
  ['half of a character', '\ud800', 'INVISIBLE'],
  ['one of private use', '\ue000', 'INVISIBLE'],
  ['one that has no meaning yet', '\u0378', 'INVISIBLE'],
  ['blank Braille', '\u2800', 'INVISIBLE'],
  ['a note without a head', '\u{1d159}', 'INVISIBLE'],
  ['a space that does not break', '\u00a0', 'UNUSUAL_SPACE'],
  ['a wide space', '\u3000', 'UNUSUAL_SPACE'],
  ['the common space', ' ', ''],
  ['a letter', 'ж', ''],
  ['a mark', '\u0301', ''],
  ['an emoji', '💸', ''],
])('%s', (_what, char, classes) => {
  const found = Object.entries(CLASSES).filter(([, one]) => one.test(char));
  expect(found.map(([name]) => name).join(' ')).toBe(classes);
});

it('every one of a class is found, wherever it stands', () => {
  expect('a\u200bb\u2800c'.replace(every(INVISIBLE), '')).toBe('abc');
});

it.each(['', ' ', '\n\t', '\u00a0\u3000', '\u2800', '\u200b \u3164', '\u{1d159}', '\ue000'])(
  '%j is blank',
  (text) => {
    expect(isBlank(text)).toBe(true);
  },
);

it('a long blank text that ends in a letter is told at once', () => {
  const text = `${'\u2028\u034f \u200b'.repeat(50_000)}a`;
  const started = performance.now();
  expect(isBlank(text)).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

it.each(['a', ' . ', '\u200bж', '0'])('%j is not blank', (text) => {
  expect(isBlank(text)).toBe(false);
});
