import { expect, it } from 'vitest';
import { isObject, membersOf } from './object.ts';

it.each([{}, { a: 1 }, JSON.parse('{"__proto__":1}') as object])(
  '%j is an object, with its members',
  (value) => {
    expect(isObject(value)).toBe(true);
    expect(membersOf(value)).toBe(value);
  },
);

it.each([null, undefined, 'a', 7, true, [], [{ a: 1 }]])('%j is none, and has no members', (value) => {
  expect(isObject(value)).toBe(false);
  expect(membersOf(value)).toEqual({});
});
