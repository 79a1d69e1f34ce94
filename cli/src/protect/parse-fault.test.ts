import { type ParseError, parse } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { parseFault } from './parse-fault.ts';

/** As the file of a client is read. */
function faultOf(body: string): string | undefined {
  const errors: ParseError[] = [];
  parse(body, errors, { allowTrailingComma: true });
  return errors[0] && parseFault(body, errors[0]);
}

it.each([
  ['{"mcpServers": {"a": {"command": "x"}}', 'line 1: column 1 is a { that nothing closes: a } is missing'],
  ['{\n "a": {\n "b": [1, 2\n', 'line 3: column 7 is a [ that nothing closes: a ] is missing'],
  ['{"a": [1, 2}', 'line 1: column 7 is a [ that a } closes: a ] is missing'],
  ['{"a": {"b": 1]', 'line 1: column 7 is a { that a ] closes: a } is missing'],
  ['{"a": 1}}', 'line 1: column 9 is a } that closes nothing'],
  ['{"a": 1}\n{"b": 2}', 'line 2: column 1 begins more, where the file should end'],
  ['{"a":\n {"b": "x}}}', 'line 2: column 8 begins a text that nothing ends in its line: a " is missing'],
  ['{"a": "x\n"}', 'line 1: column 7 begins a text that nothing ends'],
  ['{"a": 1\n "b": 2}', 'line 2: column 2 a comma (,) is missing'],
  ['{"a" 1}', 'line 1: column 6 a colon (:) is missing'],
  ['{"a": }', 'line 1: column 7 a value is missing'],
  ['{"a": 1,, "b": 2}', 'line 1: column 9 is a comma too many'],
  ['{"a": [1,, 2]}', 'line 1: column 10 is a comma too many'],
  ["{'a': 1}", 'line 1: column 2 is \', where JSON has plain double quotes (")'],
  ['{“a”: 1}', 'line 1: column 2 is “, where JSON has plain double quotes (")'],
  ['{a: 1}', 'line 1: column 2 begins what is no JSON'],
  ['# ours\n{"a": 1}', 'line 1: column 1 begins what is no JSON'],
  ['{"a": 1.}', 'line 1: column 7 begins what is no number of JSON'],
  ['/* ours\n{"a": 1}', 'line 1: column 1 begins a comment that nothing ends: */ is missing'],
  [
    String.raw`{"a": "C:\Users"}`,
    String.raw`line 1: column 7 begins a text with a \ that stands for nothing`,
  ],
  ['{"a": "\\u12"}', 'line 1: column 7 begins a text with a \\u that'],
  ['{"a": "\t"}', 'line 1: column 7 begins a text with a tab'],
  [' \n', 'it is empty'],
])('%j is told what is missing, and where', (body, words) => {
  expect(faultOf(body)).toContain(words);
  expect(faultOf(body)).not.toMatch(/[a-z][A-Z]/);
});

it('nothing of what stands there is shown: it may be a secret', () => {
  for (const body of [
    '{"TOKEN": "s3cret',
    '{"TOKEN": s3cret}',
    '{"TOKEN": "s3cret\\x"}',
    '["--key" "s3cret"]',
  ])
    expect(faultOf(body)).not.toContain('s3cret');
});
