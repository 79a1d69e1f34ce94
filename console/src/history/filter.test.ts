import { expect, test } from 'vitest';
import { asIso, asLocal, filterOf, queryOf } from './filter.ts';

test('a filter survives its way through the address', () => {
  const filter = filterOf('agent=a%26b&tool=refunds.*&from=2026-01-02T03%3A04%3A00.000Z');
  expect(filter).toMatchObject({ agent: 'a&b', tool: 'refunds.*', status: '' });
  expect(filterOf(queryOf(filter))).toEqual(filter);
});

test('what is left empty is not asked for', () => {
  expect(queryOf({ ...filterOf(''), tool: ' ', approver: 'ada' }, 'x')).toBe('approver=ada&before=x');
});

test('a time in the person’s own zone is the same moment in the address', () => {
  const iso = '2026-07-01T10:30:00.000Z';
  expect(asIso(asLocal(iso))).toBe(iso);
  expect([asLocal('never'), asIso(''), asIso('never')]).toEqual(['', '', '']);
});
