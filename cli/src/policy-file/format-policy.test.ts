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

test('a long pattern stays on its line', () => {
  const match = `${'word '.repeat(60)}end`;
  expect(formatPolicy({ match }, 'yaml')).toBe(`match: ${match}\n`);
});
