import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { showValue } from './show.ts';

it.each<[unknown, string]>([
  ['a', "'a'"],
  ["it's \\", "'it\\'s \\\\'"],
  ['a\nb\u0000', "'a\\u{a}b\\u{0}'"],
  ['a\u2800\u{1D159}\uE000', "'a\\u{2800}\\u{1d159}\\u{e000}'"],
  ['\u202Eb\u200B\uFEFF\u3164\uFE0F\u2028', "'\\u{202e}b\\u{200b}\\u{feff}\\u{3164}\\u{fe0f}\\u{2028}'"],
  ['\uD800', "'\\u{d800}'"],
  ['grün 木 🙂', "'grün 木 🙂'"],
  ['x'.repeat(80), `'${'x'.repeat(80)}'`],
  ['x'.repeat(81), `'${'x'.repeat(80)}…'`],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
  [[1, 2], 'a list of 2'],
  [{}, 'a mapping'],
])('%j is shown as %s', (value, shown) => {
  expect(showValue(value)).toBe(shown);
});

it('is one short line that can be seen, whatever the text is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const shown = showValue(text);
      expect(shown.length).toBeLessThanOrEqual(83);
      expect(shown).toMatch(/^'[^\p{C}\p{Zl}\p{Zp}]*'$/u);
    }),
  );
});
