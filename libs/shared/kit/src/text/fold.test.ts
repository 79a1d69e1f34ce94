import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldName } from './fold.ts';
import { oneLine } from './visible.ts';

/** The characters of the first three planes and the tags: all others stand for themselves, or for nothing. */
const characters = (): string[] =>
  [...Array(0x3_0000).keys(), ...Array.from({ length: 0x200 }, (_, at) => 0xe_0000 + at)]
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));
const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;
const show = (text: string): string =>
  Array.from(text, (char) => `U+${(char.codePointAt(0) ?? 0).toString(16)}`).join(' ');

describe('two names look alike', () => {
  it.each([
    ['that differ by case', 'Read_File', 'READ_file'],
    ['one of which is full-width', 'read', 'ｒｅａｄ'],
    ['with a long s, or a Kelvin sign', 'sk', '\u017f\u212a'],
    ['with a sharp s, small or capital', 'stra\u00dfe', 'STRA\u1e9eE'],
    ['that end in another sigma', 'οδος', 'οδοσ'],
    ['with a capital I with a dot', 'title', 't\u0130tle'],
    ['with a dot more', 'name', 'n\u0307ame'],
    ['one of which has it in one character', '\u1e45ame', 'name'],
    ['with what nobody sees', 'read', 're\u200bad\u00ad\u2800\u{1d159}\0'],
    ['with half a surrogate pair', 'read', 're\ud800ad'],
    ['with a space', 'read file', 'readfile\u3000'],
    ['with a mark behind what nobody sees', 'lire_cl\u00e9', 'lire_cle\u200b\u0301'],
    ['with marks in another order', 'a\u0316\u0301', 'a\u0301\u0316'],
    ['with a mark that is there twice', 'a\u0301', 'a\u0301\u0301'],
    ['with a voicing sign of half width', '\u30ac', '\uff76\uff9e'],
    ['with an accent that stands apart', 'e\u00b4', '\u00e9'],
  ])('%s', (_, one, other) => {
    expect(foldName(one)).toBe(foldName(other));
  });

  it('whatever their length: 100,000 full-width letters', () => {
    expect(foldName('\uff41'.repeat(100_000))).toBe('a'.repeat(100_000));
  });

  it('that differ by what a page shows by its number', () => {
    const shown = characters().filter((char) => oneLine(char) !== char && !/\p{M}/u.test(char));
    expect(shown.length).toBeGreaterThan(200);
    expect(shown.filter((char) => foldName(`a${char}b`) !== 'ab').map(show)).toEqual([]);
  });
});

it.each([
  ['read', 'reads'],
  ['read', 'r\u00e9ad'],
  ['r\u00e8ad', 'r\u00e9ad'],
  ['read', 'write'],
  ['木', '林'],
  // Letters of other scripts are no forms of the same letter.
  ['read', 're\u0430d'],
])('%j and %j do not', (one, other) => {
  expect(foldName(one)).not.toBe(foldName(other));
});

it('every character looks like its other cases and forms, and a fold like itself', () => {
  const odd = characters().filter((char) => {
    const fold = foldName(char);
    const forms = FORMS.map((form) => char.normalize(form));
    const others = [fold, char.toUpperCase(), char.toLowerCase(), ...forms];
    return others.some((other) => other !== char && foldName(other) !== fold);
  });
  expect(odd.map(show)).toEqual([]);
});

it('a name looks like all its normal forms, with invisible characters anywhere', () => {
  const MIXED =
    'aΣς\u0301\u0316\u0345\u0307\u0344\u03ac\u1fb3\ufb01\uff9e\uff71\u3099가\u1100\u1161\u11a8İıß\u00a8\u1fc1Å\u212b\u0f73\u0f71é';
  const char = fc.constantFrom(...Array.from(MIXED));
  const unseen = fc.constantFrom('', '\u200b', '\u034f', '\ufe0f', '\u2800', ' ');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(char, unseen), { maxLength: 12 }),
      fc.constantFrom(...FORMS),
      (parts, form) => {
        const name = parts.map(([seen]) => seen).join('');
        const other = parts.flat().join('').normalize(form);
        expect([foldName(name.normalize(form)), foldName(other)]).toEqual([foldName(name), foldName(name)]);
      },
    ),
    { numRuns: 5000 },
  );
});

it.each([
  ['marks', '\u0301\u0316', 'a\u0301\u0316'],
  ['marks with what nobody sees between them', '\u0316\u200b\u0301\u034f', 'a\u0301\u0316'],
  ['voicing signs and marks', '\u0301\uff9e', 'a\u0301\u3099'],
  ['letters with two marks', 'e\u0316\u0301', `a${'e\u0301\u0316'.repeat(333_333)}`],
  ['letters that become four', '\ufdf2', `a${'\u0627\u0644\u0644\u0647'.repeat(1_000_000)}`],
])('a million %s are folded in time', (_, part, fold) => {
  // Where all marks are brought into order together this takes minutes.
  expect(foldName(`A${part.repeat(1_000_000 / part.length)}`)).toBe(fold);
});

it('eight million marks are more than an expression has room for, and are folded all the same', () => {
  expect(foldName(`a${'\u0301'.repeat(8_000_000)}`)).toBe('a\u0301');
});
