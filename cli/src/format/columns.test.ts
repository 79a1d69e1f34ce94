import { expect, test } from 'vitest';
import { alignColumns, columnsOf, cut, fit, tabSeparate, wrap } from './columns.ts';

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

test('columns are as wide as their widest cell, and nothing is a dash', () => {
  expect(
    alignColumns(
      ['ID', 'TOOL'],
      [
        ['apr_1', null],
        ['b', 'refunds.create'],
      ],
      80,
    ),
  ).toEqual(['ID     TOOL', 'apr_1  -', 'b      refunds.create']);
});

test('a line ends where the terminal ends, with a sign that something is missing', () => {
  expect(alignColumns(['NOTE'], [['abcdefghij']], 5)).toEqual(['NOTE', 'abcd…']);
  expect(cut('abcde', 5)).toBe('abcde');
});

test('a hostile cell can neither colour the table nor add a row to it', () => {
  expect(alignColumns(['NOTE'], [['a\u001b[0m\nb']], 80)).toEqual(['NOTE', 'a\\u{1b}[0m\\u{a}b']);
});

test('programs get tabs, nothing cut, and a hostile tab is no column', () => {
  expect(tabSeparate([['a\tb', 3, undefined, true]])).toEqual(['a\\u{9}b\t3\t\ttrue']);
});

test('wide characters take two columns in a table, and none is cut in the middle', () => {
  expect(
    alignColumns(
      ['TOOL', 'NOTE'],
      [
        ['送金', 'ok'],
        ['pay', 'é\u0301x'],
      ],
      80,
    ),
  ).toEqual(['TOOL  NOTE', '送金  ok', 'pay   é\u0301x']);
  expect(alignColumns(['NOTE'], [['👍👍👍']], 4)).toEqual(['NOTE', '👍…']);
});
