import type { Approval } from '@aegis/contracts/approvals';
import { expect, test } from 'vitest';
import { pending } from '../../testkit/samples.ts';
import { saidOf } from './said.ts';
import { statusLineOf } from './status-line.ts';

const denied = (by: string): Approval => ({
  ...pending(1),
  status: 'denied',
  decided_at: '2026-01-01T00:00:00Z',
  decided_by: by,
  denied_because: 'the code was wrong',
});
const approved = (by: string): Approval => ({
  ...pending(1),
  status: 'approved',
  decided_at: '2026-01-01T00:00:00Z',
  decided_by: by,
  use_by: '2026-01-01T00:05:00Z',
});

test('who was second hears who was first, and what was decided', () => {
  const result = { approval: denied('ada'), revision: 2, counted: false, because: 'It is denied.' };
  expect(saidOf(result, 'approve', 'bob')).toBe('Decided by someone else first: denied by ada.');
});

test('one yes of two says so, and that another person is needed', () => {
  const approval = pending(1, {
    terms: { quorum: 2 },
    endorsements: [{ by: 'bob', at: '2026-01-01T00:00:00Z' }],
  });
  const said = saidOf({ approval, revision: 2, counted: true }, 'approve', 'bob');
  expect(said).toContain('1 of 2');
});

test('what counted says what it did', () => {
  expect(saidOf({ approval: approved('bob'), revision: 2, counted: true }, 'approve', 'bob')).toContain(
    'You approved',
  );
  expect(saidOf({ approval: denied('bob'), revision: 2, counted: true }, 'deny', 'bob')).toContain(
    'You denied',
  );
});

test('an answer to a question without a call opens none, and says so', () => {
  const call = { ...pending(1).call, tool: 'require_approval' };
  const said = (approval: Approval, verdict: 'approve' | 'deny') =>
    saidOf({ approval: { ...approval, call }, revision: 2, counted: true }, verdict, 'bob');
  expect(said(approved('bob'), 'approve')).toBe('You said yes, which is on record. It opens no call.');
  expect(said(denied('bob'), 'deny')).toBe('You said no.');
});

test('what changed meanwhile and still waits is to be looked at again', () => {
  const result = { approval: pending(1), revision: 3, counted: false, because: 'It changed.' };
  expect(saidOf(result, 'approve', 'bob')).toBe('It changed. Look again, then decide.');
});

test('how it stands names who decided, or that it was oneself, and why', () => {
  expect(statusLineOf(denied('ada'), 'bob')).toEqual({
    tone: 'bad',
    text: 'Denied by ada.',
    because: 'the code was wrong',
  });
  expect(statusLineOf(approved('bob'), 'bob').text).toBe('Approved by you.');
});

test('that a wrong code denied it is said of nobody', () => {
  const guessed = { ...denied('approval-code'), denied_because: 'wrong code' } as Approval;
  const text = 'Denied, because a wrong code was given.';
  expect(statusLineOf(guessed, 'bob')).toEqual({ tone: 'bad', text });
  const result = { approval: guessed, revision: 2, counted: false, because: 'It is denied.' };
  expect(saidOf(result, 'approve', 'bob')).toBe('Decided meanwhile: denied, because a wrong code was given.');
});
