import { countMembers } from '@aegis/kit/json';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanObject } from './scan.ts';

it('counts the members that the kit counts', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(scanObject(text).members).toBe(countMembers(text));
    }),
    { numRuns: 2000 },
  );
  const twice = '{"a":1,"a":[{"b\\"":":","b":2}]}';
  expect([scanObject(twice).members, countMembers(twice)]).toEqual([4, 4]);
});
