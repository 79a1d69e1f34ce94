import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countMembers, endOfString } from './json-text.ts';

it.each([
  ['""', 2],
  ['"a" ', 3],
  ['"\\""', 4],
  ['"\\\\"', 4],
  ['"\\\\" "', 4],
  ['"a\\\\\\"b" "', 8],
  ['"\\u0022"', 8],
])('the string at the start of %s ends at %i', (text, end) => {
  expect(endOfString(text, 0)).toBe(end);
  expect(endOfString(`[${text}`, 1)).toBe(end + 1);
});

it.each(['"', '"a', '"\\', '"\\"', '"a\\"', '"\\\\\\"'])('%s has no end', (text) => {
  expect(endOfString(text, 0)).toBe(0);
});

it('any string ends where it was written to', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'é', '\u2028', '😀') }),
      fc.string(),
      (value, rest) => {
        const written = JSON.stringify(value);
        expect(endOfString(written + rest, 0)).toBe(written.length);
      },
    ),
    { numRuns: 2000 },
  );
});

const membersOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce(
        (sum: number, one) => sum + membersOf(one),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      )
    : 0;

it('as many members are counted as were written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(countMembers(text)).toBe(membersOf(JSON.parse(text)));
    }),
    { numRuns: 2000 },
  );
});

it('a member that another one of its key hides is counted too, and what only looks like one is not', () => {
  expect(countMembers('{"a":1,"a":{"a":2,"\\u0061":3}}')).toBe(4);
  expect(countMembers('{"a:":":","b\\":":["c:"]}')).toBe(2);
});
