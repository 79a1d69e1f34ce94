import { expect, test } from 'vitest';
import { columnsOf, fit, wrap } from './width.ts';

test('a wide character takes two columns, a mark on another none', () => {
  expect([columnsOf('abc'), columnsOf('返金'), columnsOf('💸'), columnsOf('e\u0301')]).toEqual([3, 4, 2, 1]);
});

test.each([
  ['abc', 5, 'abc  '],
  ['abcdef', 5, 'abcd…'],
  ['返金返金', 6, '返金… '],
])('%s in %d columns is %j', (line, columns, fitted) => {
  expect(fit(line, columns)).toBe(fitted);
  expect(columnsOf(fitted)).toBe(columns);
});

test('what is too long goes on in the next line, and nothing is cut', () => {
  expect(wrap('abcdefgh', 5)).toEqual(['abcde', '↪ fgh']);
  expect(wrap('返金返金', 5)).toEqual(['返金', '↪ 返', '↪ 金']);
  expect(wrap('', 5)).toEqual(['']);
});
