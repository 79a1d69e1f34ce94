import { parseJson } from '@aegis/kit/json';
import { parsePolicyText } from '@aegis/policy-engine';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatOf, formatPolicy } from './format-policy.ts';

test.each([
  ['policy.json', '', 'json'],
  ['policy.YML', '{}', 'yaml'],
  ['policy.yaml', '{}', 'yaml'],
  ['-', '{"version": 2, "rules": []}', 'json'],
  ['-', 'version: 2', 'yaml'],
  ['policy', '{version: 2}', 'yaml'],
])('%s with %j is %s', (file, text, format) => {
  expect(formatOf(file, text)).toBe(format);
});

test.each(['no', '2', '*', 'a: b', '&x', 'null', ' x'])(
  'the pattern %j is still text after a round trip',
  (match) => {
    const policy = { version: 2, rules: [{ match, decision: 'deny' }] };
    expect(parse(formatPolicy(policy, 'yaml'))).toEqual(policy);
    expect(JSON.parse(formatPolicy(policy, 'json'))).toEqual(policy);
  },
);

test('numbers keep their digits, and each is read back as the same', () => {
  const text = '{"a":[12345678901234567890,1e+21,1e400,1.5e-7,1000],"b":["1_000","22:30","010","0o7"]}';
  const policy = parseJson(text) as object;
  const read = parsePolicyText(formatPolicy(policy, 'yaml'));
  expect(read.ok && JSON.stringify(read.document)).toBe(text.replace('1e400', '1.0e+400'));
  expect(JSON.stringify(parseJson(formatPolicy(policy, 'json')))).toBe(text);
});

test('a long pattern stays on its line', () => {
  const match = `${'word '.repeat(60)}end`;
  expect(formatPolicy({ match }, 'yaml')).toBe(`match: ${match}\n`);
});
