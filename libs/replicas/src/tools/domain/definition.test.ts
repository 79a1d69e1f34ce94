import { expect, it } from 'vitest';
import { definitionDigest, essenceOf, isRecordable } from './definition.ts';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

it('the order of members makes no other definition', () => {
  expect(definitionDigest({ name: 'a', description: 'b' })).toBe(
    definitionDigest({ description: 'b', name: 'a' }),
  );
});

it.each([
  ['half a character', { name: 'a', s: '\ud800' }],
  ['a number that is too large', { name: 'a', n: Infinity }],
])('what has no canonical form, such as %s, has a digest that outlives the log', (_, definition) => {
  const digest = definitionDigest(definition);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(definitionDigest(JSON.parse(JSON.stringify(definition)))).toBe(digest);
  expect(isRecordable(definition, digest)).toBe(true);
});

it('icons and _meta are nothing that a model reads', () => {
  const tool = { name: 'read', description: 'reads' };
  expect(essenceOf({ ...tool, icons: [], _meta: { a: 1 } })).toBe(essenceOf(tool));
  expect(essenceOf({ ...tool, annotations: { readOnlyHint: true } })).not.toBe(essenceOf(tool));
});

it.each([
  ['is nested deeper than can be shown', { name: 'a', deep: nested(201) }, false],
  ['is nested as deep as can be shown', { name: 'a', deep: nested(199) }, true],
  ['has a member that nobody writes down', JSON.parse('{"name":"a","__proto__":1}') as object, false],
])('a definition that %s is on record: %s', (_, definition, isOnRecord) => {
  expect(isRecordable({ ...definition }, definitionDigest(definition))).toBe(isOnRecord);
});
