import { expect, it } from 'vitest';
import { foldText, isTangled } from './fold.ts';

it.each([
  ['straße', 'STRASSE'],
  ['STRAẞE', 'strasse'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['ΟΔΟΣ', 'οδος'],
  ['ı', 'I'],
  ['ﬁle', 'FILE'],
  ['e\u0301', 'É'],
  ['a\u200Bb', 'AB'],
])('%s and %s may be one name', (one, other) => {
  expect(foldText(one)).toBe(foldText(other));
});

it('folds what is folded to itself, and every letter as its other case', () => {
  for (let code = 0; code < 0x30_000; code++) {
    const letter = String.fromCodePoint(code);
    const folded = foldText(letter);
    const others = [folded, letter.toUpperCase(), letter.toLowerCase()].map(foldText);
    if (others.some((other) => other !== folded)) expect.fail(`U+${code.toString(16)}`);
  }
});

it.each<[string, boolean]>([
  [`a${'\u0301'.repeat(30)}`, false],
  [`a${'\u0301'.repeat(31)}`, true],
  ['\u0301\uFF9E'.repeat(16), true],
  ['\u0301\u200B'.repeat(16), true],
  ['e\u0301'.repeat(1000), false],
  ['👩‍👩‍👧‍👦'.repeat(100), false],
])('%j has more marks than a letter can have: %s', (text, expected) => {
  expect(isTangled(text)).toBe(expected);
});
