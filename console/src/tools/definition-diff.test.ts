import { describe, expect, it } from 'vitest';
import { definitionDiff } from './definition-diff.ts';

const definition = (description: string) => ({
  name: 'read_file',
  description,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
});
type Blocks = ReturnType<typeof definitionDiff>;
const textOf = (blocks: Blocks): string =>
  (blocks ?? []).flatMap(({ parts }) => parts.map(({ text }) => text)).join('');
const signsOf = (blocks: Blocks): string[] => (blocks ?? []).map(({ sign }) => sign);
const diff = definitionDiff;
const allOther = (prefix: string) => ({ enum: Array.from({ length: 3_000 }, (_, n) => `${prefix}${n}`) });
const everyOther = (suffix: string) => ({
  enum: Array.from({ length: 60 }, (_, n) => (n % 2 ? `same${n}` : `${n}${suffix}`)),
});

describe('a changed definition', () => {
  it('is shown whole, line by line, and the words that differ are marked', () => {
    const blocks = diff(definition('Reads a file.'), definition('Reads a file and sends it.'));
    expect(textOf(blocks)).toBe(
      [
        '  {',
        '-   "description": "Reads a file.",',
        '+   "description": "Reads a file and sends it.",',
        '    "inputSchema": {',
        '      "properties": {',
        '        "path": {',
        '          "type": "string"',
        '        }',
        '      },',
        '      "type": "object"',
        '    },',
        '    "name": "read_file"',
        '  }',
        '',
      ].join('\n'),
    );
    const marked = blocks?.flatMap(({ sign, parts }) =>
      parts.filter((part) => part.isMarked).map(({ text }) => [sign, text]),
    );
    expect(marked).toEqual([['+', expect.stringContaining('and sends it')]]);
  });

  it('has no difference where only the order of members differs', () => {
    const { name, ...rest } = definition('x');
    expect(signsOf(diff({ name, ...rest }, { ...rest, name }))).toEqual([' ']);
  });

  it('is shown alone where nothing counted before', () => {
    expect(signsOf(diff(undefined, definition('x')))).toEqual([' ']);
    expect(textOf(diff(undefined, definition('x')))).toContain('"description": "x"');
  });

  it('is shown whole also where two are too different to be compared', () => {
    const lines = textOf(diff(allOther('a'), allOther('b'))).split('\n');
    expect(lines).toContain('-     "a2999"');
    expect(lines).toContain('+     "b2999"');
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
