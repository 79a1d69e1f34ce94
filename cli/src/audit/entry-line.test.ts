import { expect, test } from 'vitest';
import { fakeHost } from '../testkit/fake-host.ts';
import { entryLine } from './entry-line.ts';

const ENTRY = {
  seq: 7,
  ts: '2026-01-31T12:00:00.000Z',
  trace_id: null,
  action: 'guard.enforce',
  ok: false,
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 700,
  status: 'pending',
  note: null,
  event_id: 'e7',
  type: 'aegis.decision.enforced.v1',
};

test('an entry is one line: time, action, status, what was called', () => {
  expect(entryLine(fakeHost(), ENTRY)).toBe(
    '2026-01-31T12:00:00.000Z  guard.enforce         pending    refunds.create  refund  700 cents',
  );
  expect(entryLine(fakeHost(), { ...ENTRY, currency: 'EUR' })).toMatch(/ {2}700 cents {2}EUR$/);
});

test('an entry without a status says whether it went well, and what is not there is left out', () => {
  const entry = { ...ENTRY, ok: true, status: null, tool: null, op: null, amount_cents: null };
  expect(entryLine(fakeHost(), entry).trimEnd()).toBe('2026-01-31T12:00:00.000Z  guard.enforce         ok');
});

test('what a client wrote says so, by whom, in no colour of ours, and fakes no column', () => {
  const entry = {
    ...ENTRY,
    action: 'client:x   allowed    pay.out',
    ok: true,
    status: null,
    op: null,
    amount_cents: null,
    principal: 'anonymous',
    note: 'approved by\u202e alice',
    type: 'aegis.audit.written.v1',
  };
  const line = entryLine(fakeHost({ terminal: true }), entry);
  expect(line).toContain('client:x␣␣␣allowed␣␣␣␣pay.out  ');
  expect(line).toContain('"ok"');
  expect(line).toContain('by anonymous  - approved by\\u{202e} alice');
  expect(line).not.toContain('\u001b[32m');
});

test('at a terminal a hostile note is shown, and only our own colours are obeyed', () => {
  const line = entryLine(fakeHost({ terminal: true }), { ...ENTRY, note: 'x\u001b[2J\nallowed' });
  expect(line).toContain('- x\\u{1b}[2J\\u{a}allowed');
  expect(line.split('\u001b')).toHaveLength(3);
});
