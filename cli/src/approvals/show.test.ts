import { expect, test } from 'vitest';
import { describeApproval } from './show.ts';

const APPROVAL = {
  approval_id: 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  dry_run_id: 'order-17',
  status: 'pending',
  ts: '2026-01-31T12:00:00.000Z',
  tool: 'refunds.create',
};

test('every member is on its own line, in one column, and what is not there is left out', () => {
  const lines = describeApproval({ ...APPROVAL, op: null, reasons: [], amount_cents: 700 });
  expect(lines[0]).toBe('approval_id:  apr_aaaaaaaaaaaaaaaaaaaaaaaaaa');
  expect(lines).toContain('amount_cents: 700');
  expect(lines.some((line) => line.startsWith('op') || line.startsWith('reasons'))).toBe(false);
});

test('hostile arguments are one line that a terminal does not obey', () => {
  const lines = describeApproval({ ...APPROVAL, args: { note: 'x\u202e\n\u001b[2J' }, 'k\u001b': 1 });
  expect(lines).toContain('args:        {"note":"x\\u{202e}\\n\\u001b[2J"}');
  expect(lines).toContain('k\\u{1b}:     1');
});
