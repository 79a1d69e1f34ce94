import { describe, expect, it } from 'vitest';
import { codePoint, escaped, oneLine, visible, visibleJson } from './visible.ts';

describe('text for people', () => {
  it('shows what can not be seen, and keeps lines and tabs', () => {
    expect(visible('a\u202eb\u200bc\u0000d\u2028e\n\tf')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d⟨U+2028⟩e\n\tf');
    expect(visible('naïve 日本 🙂')).toBe('naïve 日本 🙂');
  });

  it.each(['2800', '034F', '17B4', '1D159', '180B', 'E0061', '2064', '00AD', '3164', 'E000', '0378'])(
    'shows the blank U+%s',
    (code) => {
      const blank = String.fromCodePoint(Number.parseInt(code, 16));
      expect(visible(`a${blank}b`)).toBe(`a⟨U+${code}⟩b`);
      expect(oneLine(`a${blank}b`)).toBe(`a⟨U+${code}⟩b`);
    },
  );

  it('has two ways to write a character by its number', () => {
    expect([codePoint('\u200b'), escaped('\u200b')]).toEqual(['⟨U+200B⟩', '\\u{200b}']);
    expect([codePoint('\u{1d159}'), escaped('\0')]).toEqual(['⟨U+1D159⟩', '\\u{0}']);
  });

  it('shows what is in JSON without making another value of it, and keeps its lines', () => {
    const value = { 'a\u202eb': ['\u2800', '\u{e0041}', '\u{1d159}', 'ж💸', '\u2028\n\ud800'] };
    for (const indent of [0, 2]) {
      const json = visibleJson(JSON.stringify(value, null, indent));
      expect(JSON.parse(json)).toEqual(value);
      expect(visible(json)).toBe(json);
      expect(json.split('\n')).toHaveLength(indent === 0 ? 1 : 9);
    }
  });

  it('shows every odd space of a name, so that no two names look alike', () => {
    expect(oneLine('read\nfile\t\u00a0 x\ud800\u3000')).toBe(
      'read⟨U+000A⟩file⟨U+0009⟩⟨U+00A0⟩ x⟨U+D800⟩⟨U+3000⟩',
    );
  });
});
