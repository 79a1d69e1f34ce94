import { describe, expect, it } from 'vitest';
import { oneLine, visible } from './visible.ts';

describe('text for people', () => {
  it('shows what can not be seen, and keeps lines and tabs', () => {
    expect(visible('a\u202eb\u200bc\u0000d\u2028e\n\tf')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d⟨U+2028⟩e\n\tf');
    expect(visible('naïve 日本 🙂')).toBe('naïve 日本 🙂');
  });

  it.each(['2800', '034F', '17B4', '1D159', '180B', 'E0061', '2064', '00AD', '3164'])(
    'shows the blank U+%s',
    (code) => {
      const blank = String.fromCodePoint(Number.parseInt(code, 16));
      expect(visible(`a${blank}b`)).toBe(`a⟨U+${code}⟩b`);
      expect(oneLine(`a${blank}b`)).toBe(`a⟨U+${code}⟩b`);
    },
  );

  it('shows every odd space of a name, so that no two names look alike', () => {
    expect(oneLine('read\nfile\t\u00a0 x\ud800\u3000')).toBe(
      'read⟨U+000A⟩file⟨U+0009⟩⟨U+00A0⟩ x⟨U+D800⟩⟨U+3000⟩',
    );
  });
});
