import { describe, expect, it } from 'vitest';
import { definition } from '../../testkit/definitions.ts';
import { definitionDiff } from './definition-diff.ts';

const textOf = (markup: string | undefined): string => (markup ?? '').replace(/<[^>]+>/g, '');
const diff = (before: Record<string, unknown> | undefined, after: Record<string, unknown>) =>
  definitionDiff(before, after)?.markup;
const allOther = (prefix: string) => ({ enum: Array.from({ length: 3_000 }, (_, n) => `${prefix}${n}`) });
const everyOther = (suffix: string) => ({
  enum: Array.from({ length: 60 }, (_, n) => (n % 2 ? `same${n}` : `${n}${suffix}`)),
});

describe('a changed definition', () => {
  it('is shown whole, line by line, and the words that differ are marked', () => {
    const markup = diff(definition('Reads a file.'), definition('Reads a file and sends it.'));
    expect(textOf(markup)).toBe(
      [
        '  {',
        '-   &quot;description&quot;: &quot;Reads a file.&quot;,',
        '+   &quot;description&quot;: &quot;Reads a file and sends it.&quot;,',
        '    &quot;inputSchema&quot;: {',
        '      &quot;properties&quot;: {',
        '        &quot;path&quot;: {',
        '          &quot;type&quot;: &quot;string&quot;',
        '        }',
        '      },',
        '      &quot;type&quot;: &quot;object&quot;',
        '    },',
        '    &quot;name&quot;: &quot;read_file&quot;',
        '  }',
        '',
      ].join('\n'),
    );
    expect(markup).toMatch(/<ins>.*<mark>[^<]*and sends it[^<]*<\/mark>.*\n<\/ins>/);
    expect(markup?.match(/<mark>/g)).toHaveLength(1);
  });

  it('has no difference where only the order of members differs', () => {
    const { name, ...rest } = definition('x');
    expect(diff({ name, ...rest }, { ...rest, name })).not.toMatch(/<ins>|<del>/);
  });

  it('is shown alone where nothing counted before', () => {
    expect(diff(undefined, definition('x'))).not.toMatch(/<ins>|<del>/);
    expect(diff(undefined, definition('x'))).toContain('&quot;description&quot;: &quot;x&quot;');
  });

  it('never becomes markup, and hides nothing', () => {
    const hostile = '</pre><script>alert(1)</script>\u202e\u200b\u0007';
    for (const before of [undefined, definition('x')]) {
      const markup = diff(before, { ...definition(hostile), [hostile]: 1 });
      expect(markup).not.toMatch(/<script|<\/pre>./);
      expect(markup).not.toMatch(/[\u202e\u200b]/);
      expect(textOf(markup).match(/&lt;\/pre&gt;&lt;script&gt;alert\(1\)/g)).toHaveLength(2);
      expect(textOf(markup).match(/⟨U\+202E⟩⟨U\+200B⟩\\u0007/g)).toHaveLength(2);
    }
  });

  it('is shown whole also where two are too different to be compared', () => {
    const lines = textOf(diff(allOther('a'), allOther('b'))).split('\n');
    expect(lines).toContain('-     &quot;a2999&quot;');
    expect(lines).toContain('+     &quot;b2999&quot;');
    expect(lines.filter((line) => line.startsWith('+')).length).toBeGreaterThan(3_000);
  });

  it('of many changed lines keeps each line', () => {
    const lines = textOf(diff(everyOther('a'), everyOther('b'))).split('\n');
    expect(lines.filter((line) => line.startsWith('-'))).toHaveLength(30);
    expect(lines.filter((line) => line.startsWith('+'))).toHaveLength(30);
    expect(lines.filter((line) => line.includes('same'))).toHaveLength(30);
  });

  it('is not shown in part: one that is too large is not shown', () => {
    expect(diff(undefined, definition('x'.repeat(1_100_000)))).toBeUndefined();
    expect(diff(definition('x'.repeat(600_000)), definition('y'.repeat(600_000)))).toBeUndefined();
    let deep: unknown = Array.from({ length: 20_000 }, () => 1);
    for (let i = 0; i < 150; i++) deep = [deep];
    expect(diff(undefined, { deep })).toBeUndefined();
  });
});
