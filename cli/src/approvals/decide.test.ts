import { expect, test } from 'vitest';
import type { ApprovalItem } from '../gateway/answers.ts';
import { withStanding } from './decide.ts';

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
