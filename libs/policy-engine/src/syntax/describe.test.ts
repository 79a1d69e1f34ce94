import { describe, expect, it } from 'vitest';
import { parsePolicyText } from '../mod.ts';

const errorsOf = (text: string): string[] => {
  const parsed = parsePolicyText(text);
  return parsed.ok ? [] : parsed.errors;
};
const withMatch = (written: string): string =>
  `version: 2\nrules:\n  - match: ${written}\n    decision: deny\n`;

describe('a text without the quotes that it needs is named with them', () => {
  it.each([
    ['*', '*'],
    ['*.delete', '*'],
    ['!x', '!'],
    ['!docs.*', '!'],
    ['&x', '&'],
    ['@scope', '@'],
    ['%x', '%'],
    ['`x`', '`'],
    ['|x', '|'],
    ['>x', '>'],
    [']x', ']'],
    [',x', ','],
    ['- x', '-'],
    ['? x', '?'],
  ])('match: %s', (written, first) => {
    const sentence = `what starts with ${first} has to stand in quotes: '${written}'`;
    expect(errorsOf(withMatch(written))).toEqual([`line 3, column 12: ${sentence}`]);
    expect(errorsOf(withMatch(written).replaceAll('\n', '\r\n'))).toEqual([`line 3, column 12: ${sentence}`]);
  });

  it.each([
    ['[a-z]*', "what starts with [ and is no list or mapping has to stand in quotes: '[a-z]*'"],
    ['{a,b}.*', "what starts with { and is no list or mapping has to stand in quotes: '{a,b}.*'"],
    ['db: drop', "what has a colon before a blank or at its end has to stand in quotes: 'db: drop'"],
    ['resource:', "what has a colon before a blank or at its end has to stand in quotes: 'resource:'"],
    ["it's: so", "what has a colon before a blank or at its end has to stand in quotes: 'it''s: so'"],
  ])('match: %s', (written, sentence) => {
    expect(errorsOf(withMatch(written))).toEqual([`line 3, column 12: ${sentence}`]);
  });

  it.each([
    [
      'allow_tools: [docs.*, *.read]',
      "line 1, column 23: what starts with * has to stand in quotes: '*.read'",
    ],
    [
      'deny_tools:\n  - db.*\n  - *.drop\n',
      "line 3, column 5: what starts with * has to stand in quotes: '*.drop'",
    ],
    [
      'rules:\n  - { match: *, decision: deny }',
      "line 2, column 14: what starts with * has to stand in quotes: '*'",
    ],
    [
      'rules:\n  - decision: deny\n    servers: [!prod]',
      "line 3, column 15: what starts with ! has to stand in quotes: '!prod'",
    ],
  ])('in a list or in braces: %j', (text, error) => {
    expect(errorsOf(text)).toEqual([error]);
  });

  it('each of them is named, with its line', () => {
    const text = 'deny_tools:\n  - *.drop\n  - *.delete\n';
    expect(errorsOf(text).map((error) => error.slice(0, 6))).toEqual(['line 2', 'line 3']);
  });
});

describe('what is wrong elsewhere is said in plain words', () => {
  it.each([
    [
      'rules:\n\t- match: a',
      'line 2, column 1: a tab, where YAML is indented with blanks: write two blanks for it',
    ],
    [
      "rules:\n  - reason: 'don't'",
      "line 2, column 18: text behind a closing quote: inside of single quotes write '' for '",
    ],
    ['a: "db\\.drop"', 'line 1, column 7: \\. means nothing in double quotes: write single quotes around it'],
    ['version:2\nrules: []', 'line 1, column 1: a blank is missing behind the colon: version: 2'],
    ['version: 2\nrules\n', 'line 2, column 1: a colon is missing: a field is written as name: value'],
    [
      'rules:\n  - match: a\n   decision: deny',
      'line 3, column 1: this line is not indented as the ones that it belongs to',
    ],
    ["a: 'b", 'line 1, column 6: a quote before this is never closed'],
    ['{"a": [1}', 'line 1, column 9: a ] is missing before this'],
    ['{"a": 1 "b": 2}', 'line 1, column 7: a comma is missing here'],
    ['a: *b', "line 1, column 4: what starts with * has to stand in quotes: '*b'"],
    ['<<: *base', 'line 1, column 5: this is no YAML and no JSON'],
  ])('%j', (text, error) => {
    expect(errorsOf(text)).toEqual([expect.stringContaining(error)]);
  });

  it.each(['- ', '[', '{"a":', '[*', '!', '&a ', 'a: '])(
    'a line of %j without end is read at once',
    (piece) => {
      expect(errorsOf(piece.repeat(20_000)).length).toBeGreaterThan(0);
    },
  );
});
