import { expect, test } from 'vitest';
import { alignColumns, cut, tabSeparate } from './table.ts';

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
