import { parseJson } from '@aegis/kit/json/parse';
import { expect, test } from 'vitest';
import { marksIn, rowsOf, rowsOfCall } from './rows.ts';

const brief = (args: Record<string, unknown>, before?: Record<string, unknown>) =>
  rowsOf(args, before).map(({ id, text, mark, was }) => [
    id,
    text,
    ...(mark === undefined ? [] : [mark, was]),
  ]);

test('every value has its line, in its order and with its depth', () => {
  const rows = rowsOf({ a: 'x', b: { c: [1, null] }, d: {} });
  expect(rows.map(({ key, depth, kind, text, holds }) => [key, depth, kind, text, holds])).toEqual([
    ['a', 0, 'string', 'x', undefined],
    ['b', 0, 'object', '', 1],
    ['c', 1, 'array', '', 2],
    ['0', 2, 'number', '1', undefined],
    ['1', 2, 'null', 'null', undefined],
    ['d', 0, 'object', '', 0],
  ]);
});

test('against the last call each line says whether it is new, changed or gone', () => {
  expect(brief({ same: 1, other: 2, fresh: true }, { same: 1, other: '2', old: 'x' })).toEqual([
    ['/same', '1'],
    ['/other', '2', 'changed', '2'],
    ['/fresh', 'true', 'added', undefined],
    ['/old', '', 'removed', 'x'],
  ]);
});

test('inside a tree too, and what was of another kind shows what it was, whole', () => {
  expect(brief({ a: { b: 1 }, l: [1, 2] }, { a: { b: 1, c: [3] }, l: { 0: 1 } })).toEqual([
    ['/a', ''],
    ['/a/b', '1'],
    ['/a/c', '', 'removed', '[3]'],
    ['/l', '', 'changed', '{"0":1}'],
    ['/l/0', '1'],
    ['/l/1', '2'],
  ]);
});

test('what is new as a whole is marked once', () => {
  expect(marksIn(rowsOf({ a: { b: { c: 1 } } }, {}))).toEqual({ added: 1, changed: 0, removed: 0 });
});

test('a call without arguments before makes all of them new', () => {
  expect(marksIn(rowsOf({ a: 1, b: 2 }, {})).added).toBe(2);
});

test('keys that look like another one beside them are marked, gone ones too, and others are not', () => {
  const rows = rowsOf({ to: 1, 'to ': 2, deep: { to: 3, tо: 4 }, list: [1] }, { TO: 5, from: 6 });
  expect(rows.filter(({ alike }) => alike).map(({ id }) => id)).toEqual([
    '/to',
    '/to ',
    '/deep/to',
    '/deep/tо',
    '/TO',
  ]);
});

test('names that objects have from birth are names like any other', () => {
  const args = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}') as Record<
    string,
    unknown
  >;
  expect(brief(args, {})).toEqual([
    ['/__proto__', '', 'added', undefined],
    ['/__proto__/x', '1'],
    ['/constructor', '2', 'added', undefined],
    ['/toString', '3', 'added', undefined],
  ]);
});

test('a tree deeper than the stack, and ten thousand keys, come out whole', () => {
  let deep: Record<string, unknown> = { end: true };
  for (let i = 0; i < 50_000; i += 1) deep = { n: deep };
  expect(rowsOf(deep)).toHaveLength(50_001);
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
  expect(rowsOf(wide, wide).at(-1)).toMatchObject({ key: 'k9999', text: '9999' });
});

test('what is sent besides the arguments stands after them, and is none of them', () => {
  const sent = { args: { 'sent besides the arguments': 1 }, input: { task: { ttl: 1 } } };
  const rows = rowsOfCall(sent, { args: { 'sent besides the arguments': 1 }, input: { task: { ttl: 2 } } });
  expect(rows.map(({ id, depth, mark, was }) => [id, depth, mark, was])).toEqual([
    ['/sent besides the arguments', 0, undefined, undefined],
    ['+/sent besides the arguments', 0, undefined, undefined],
    ['+/sent besides the arguments/task', 1, undefined, undefined],
    ['+/sent besides the arguments/task/ttl', 2, 'changed', '2'],
  ]);
  expect(rowsOfCall({ args: {} }, sent).map(({ id, mark }) => [id, mark])).toEqual([
    ['/sent besides the arguments', 'removed'],
    ['+/sent besides the arguments', 'removed'],
  ]);
});

const argsOf = (n: string) => parseJson(`{"n":${n}}`) as Record<string, unknown>;

test('a number is a line as it is written, and another text of it is a change', () => {
  expect(rowsOf(argsOf('12345678901234567890'))).toMatchObject([
    { key: 'n', kind: 'number', text: '12345678901234567890' },
  ]);
  expect(brief(argsOf('12345678901234567891'), argsOf('12345678901234567890'))).toEqual([
    ['/n', '12345678901234567891', 'changed', '12345678901234567890'],
  ]);
  expect(brief(argsOf('1.0'), argsOf('1.0'))).toEqual([['/n', '1.0']]);
});
