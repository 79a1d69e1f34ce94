import { expect, test } from 'vitest';
import { differences } from './differences.ts';

test('a field that has another value is named with both values', () => {
  expect(differences({ discard: 'new', deny_purge: true }, { discard: 'old', deny_purge: true })).toEqual([
    { field: 'discard', wanted: 'new', actual: 'old' },
  ]);
});

test('a field that is switched on and absent differs; one that is off and absent does not', () => {
  expect(differences({ deny_delete: true, max_age: 0 }, {}).map(({ field }) => field)).toEqual([
    'deny_delete',
  ]);
});

test('nested values are compared by what they hold', () => {
  const republish = { src: 'a.>', dest: 'b.>' };
  expect(differences({ republish }, { republish: { ...republish } })).toEqual([]);
  expect(differences({ republish }, { republish: { ...republish, headers_only: true } })).toHaveLength(1);
});

test('fields that nobody asked for are left alone', () => {
  expect(differences({ name: 'AEGIS' }, { name: 'AEGIS', metadata: { '_nats.ver': '2.15.1' } })).toEqual([]);
});
