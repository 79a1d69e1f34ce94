import { expect, test } from 'vitest';
import { pieces, plain } from './pieces.ts';

test('characters that nobody would see are shown by their code point, apart from the rest', () => {
  expect(pieces('pay \u202Eeve\u200B\u2066', 'one')).toEqual([
    { text: 'pay ', hidden: false },
    { text: '⟨U+202E⟩', hidden: true },
    { text: 'eve', hidden: false },
    { text: '⟨U+200B⟩⟨U+2066⟩', hidden: true },
  ]);
});

test.each([
  ['a no-break space', 'a\u00A0b', 'a⟨U+00A0⟩b'],
  ['an ideographic space', 'a\u3000b', 'a⟨U+3000⟩b'],
  ['a carriage return', 'a\rb', 'a⟨U+000D⟩b'],
  ['half a character', 'a\uD800b', 'a⟨U+D800⟩b'],
  ['a tag character, which takes two units', 'a\u{E0041}b', 'a⟨U+E0041⟩b'],
])('%s is shown on many lines too', (_, text, shown) => {
  expect(plain(text, 'many')).toBe(shown);
});

test('a line end and a tab are what they are on many lines, and shown on one', () => {
  expect(plain('a\n\tb', 'many')).toBe('a\n\tb');
  expect(plain('a\n\tb', 'one')).toBe('a⟨U+000A⟩⟨U+0009⟩b');
});

test('a line end between hidden characters stays a line end', () => {
  expect(plain('\u200B\n\u200B', 'many')).toBe('⟨U+200B⟩\n⟨U+200B⟩');
});

test('common text, in any script, is left as it is', () => {
  const text = 'Zażółć שלום 你好 👍 <script>';
  expect(pieces(text, 'many')).toEqual([{ text, hidden: false }]);
});
