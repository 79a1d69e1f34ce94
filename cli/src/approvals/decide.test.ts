import { expect, test } from 'vitest';
import type { ApprovalItem } from '../gateway/answers.ts';
import { standingOf, withStanding } from './decide.ts';

const standing = (status: string, decided_by?: string, decision_reason?: string): ApprovalItem =>
  ({ approval_id: 'apr_1', status, decided_by, decision_reason }) as ApprovalItem;

test.each([
  ['Approval apr_1 was approved by ada', standing('approved', 'ada'), 'Approval apr_1 was approved by ada.'],
  [
    'Approval apr_1 was approved by ada',
    standing('approved', 'ada', 'seen'),
    'Approval apr_1 was approved by ada: seen.',
  ],
  [
    'Approval apr_1 was denied by ada: no.',
    standing('denied', 'ada', 'no'),
    'Approval apr_1 was denied by ada: no.',
  ],
  [
    'Approval apr_1 was approved by ada and is used.',
    standing('consumed', 'ada'),
    'Approval apr_1 was approved by ada and is used.',
  ],
  ['It is cancelled already.', standing('cancelled'), 'It is cancelled already.'],
  ['bob was first.', standing('denied', 'bob', 'no'), 'bob was first. It stands: denied by bob: no.'],
  ['It is decided already', standing('approved', 'bo'), 'It is decided already. It stands: approved by bo.'],
])('%j of one that is so is said once', (detail, stands, said) => {
  expect(withStanding(detail, stands)).toBe(said);
});

const deniedBy = (by: string, why?: string): string =>
  standingOf({ ...standing('denied', by, why), denied_because: why ?? 'wrong code' });

test('a guess that denied is said of nobody, and a person’s no of whoever said it', () => {
  expect(deniedBy('approval-code')).toBe('denied, because a wrong code was given');
  expect(deniedBy('approval-code', 'no')).toBe('denied by approval-code: no');
  expect(deniedBy('ada')).toBe('denied by ada');
  const denied = {
    ...standing('denied', 'me'),
    denied_because: '3 wrong codes',
    drawn_code_only: true,
  } as const;
  expect(standingOf(denied)).toBe(
    'denied, because 3 wrong codes were given, none of them drawn for this call',
  );
});
