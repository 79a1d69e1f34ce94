import { expect, test } from 'vitest';
import { toSafeJson, visible } from './visible.ts';

const HOSTILE: readonly (readonly [string, string, string])[] = [
  ['an ANSI colour', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a C1 control sequence', '\u009b2J', '\\u{9b}2J'],
  ['a new line', 'a\nallowed  b', 'a\\u{a}allowed  b'],
  ['a carriage return', 'a\rb', 'a\\u{d}b'],
  ['a turned reading direction', 'a\u202egnp', 'a\\u{202e}gnp'],
  ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a zero-width space', 're\u200bfunds', 're\\u{200b}funds'],
  ['a filler that looks like nothing', '\u3164', '\\u{3164}'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['an invisible tag', 'a\u{e0041}', 'a\\u{e0041}'],
  ['a blank symbol', 'a\u2800', 'a\\u{2800}'],
  ['a note without a head', 'a\u{1d159}', 'a\\u{1d159}'],
  ['a character of private use', 'a\ue000', 'a\\u{e000}'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
];

test.each(HOSTILE)('%s is shown and not obeyed', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('text of any language stays as it is', () => {
  expect(visible('Rückzahlung 返金 возврат 💸')).toBe('Rückzahlung 返金 возврат 💸');
});

test.each(HOSTILE)('JSON with %s is the same value and has nothing that a terminal obeys', (_, text) => {
  const json = toSafeJson({ text });
  expect(JSON.parse(json)).toEqual({ text });
  expect(visible(json)).toBe(json);
});

test('JSON with an indent keeps its lines', () => {
  expect(toSafeJson({ a: [1] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
});
