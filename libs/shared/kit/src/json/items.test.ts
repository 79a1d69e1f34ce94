import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasMoreItems } from './items.ts';

/** Members and elements of a value, itself not counted. */
const countItems = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, item) => sum + 1 + countItems(item), 0)
    : 0;

it('counts what JSON.parse finds, however the text is spaced', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const items = countItems(JSON.parse(text));
      expect(hasMoreItems(text, items)).toBe(false);
      if (items > 0) expect(hasMoreItems(text, items - 1)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['{"a":"\\",,,[[[","b":"\\\\"}', 2],
  ['[[],[ ],{},{ }]', 4],
  ['[[[[]]]]', 3],
  ['{}', 0],
])('%s has %i', (text, items) => {
  expect(hasMoreItems(text, items)).toBe(false);
  if (items > 0) expect(hasMoreItems(text, items - 1)).toBe(true);
});

it.each(['"', '"\\', '["a', '[,,,', '{"a":"\\"'])('ends on %j, which is no JSON', (text) => {
  expect(hasMoreItems(text.repeat(3), 100)).toBe(false);
});
