import { AuditLine } from '@aegis/shared/contracts/audit';
import type { Envelope } from '@aegis/shared/contracts/envelope';
import { EVENT_DATA, type EventType } from '@aegis/shared/contracts/events';
import { describe, expect, it } from 'vitest';
import { eventOf, SAMPLES, TIME, TRACE_ID } from '../testkit/samples.ts';
import { toAuditLine } from './audit-line.ts';

const storedAt = new Date('2026-03-01T10:00:01.000Z');
const lineOf = (event?: Envelope) =>
  toAuditLine(event === undefined ? { seq: 7, storedAt } : { seq: 7, storedAt, event });

const EXPECTED: { [T in EventType]: Partial<AuditLine> } = {
  'aegis.decision.enforced.v1': {
    action: 'enforce',
    ok: false,
    status: 'blocked',
    tool: 'refunds.create',
    op: 'refund',
    amount_cents: 9_000,
    note: 'first reason; second reason',
    dry_run_id: 'dry-1',
    principal: 'agent-7',
  },
  'aegis.decision.checked.v1': {
    action: 'check',
    ok: null,
    status: 'review',
    amount_cents: null,
    note: 'no rule',
  },
  'aegis.idempotency.answered.v1': { action: 'idempotency.answered', ok: null, status: null, tool: null },
  'aegis.approval.requested.v1': {
    action: 'approval.requested',
    ok: null,
    status: 'pending',
    note: 'over the cap',
  },
  'aegis.approval.approved.v1': {
    action: 'approval.approved',
    ok: true,
    status: 'approved',
    note: 'approved by ann',
  },
  'aegis.approval.denied.v1': {
    action: 'approval.denied',
    ok: false,
    status: 'denied',
    note: 'denied by ann: wrong code',
  },
  'aegis.approval.expired.v1': { action: 'approval.expired', ok: false, status: 'expired' },
  'aegis.approval.consumed.v1': { action: 'approval.consumed', ok: true, status: 'consumed' },
  'aegis.policy.published.v1': { action: 'policy.published', ok: true, note: 'version 2 from policy.yml' },
  'aegis.policy.rejected.v1': {
    action: 'policy.rejected',
    ok: false,
    note: 'policy.yml: rules: required; version: required',
  },
  'aegis.audit.written.v1': {
    action: 'note.made',
    ok: true,
    tool: 'shell',
    note: 'hello',
    principal: 'agent-7',
  },
};

describe('the flat line', () => {
  it.each(Object.keys(EVENT_DATA) as EventType[])('of %s', (type) => {
    const line = lineOf(eventOf(type, 'event-1'));
    expect(line).toMatchObject({
      seq: 7,
      ts: TIME,
      trace_id: TRACE_ID,
      event_id: 'event-1',
      type,
      ...EXPECTED[type],
    });
    expect(AuditLine.safeParse(line).success).toBe(true);
  });

  it.each([
    ['allowed', true],
    ['pending', null],
    ['blocked', false],
  ] as const)('of an enforce that was %s has ok %s', (outcome, ok) => {
    const data = { ...SAMPLES['aegis.decision.enforced.v1'], outcome, reasons: [] };
    expect(lineOf(eventOf('aegis.decision.enforced.v1', 'e', data))).toMatchObject({
      ok,
      status: outcome,
      note: null,
    });
  });

  it('keeps the trace of the approval, whatever the message says', () => {
    const event = { ...eventOf('aegis.approval.approved.v1', 'e'), traceparent: undefined };
    expect(lineOf(event).trace_id).toBe(TRACE_ID);
  });

  it('is there for what can not be read, and says so', () => {
    expect(lineOf()).toMatchObject({
      action: 'unreadable',
      ok: false,
      ts: storedAt.toISOString(),
      event_id: 'unreadable-7',
      type: 'unreadable',
    });
    const unknown = { ...eventOf('aegis.audit.written.v1', 'e'), type: 'aegis.moon.landed.v1' };
    expect(lineOf(unknown)).toMatchObject({
      action: 'unreadable',
      ok: false,
      event_id: 'e',
      type: unknown.type,
    });
    const odd = { ...eventOf('aegis.approval.approved.v1', 'e'), data: { approval: 1 } };
    expect(lineOf(odd)).toMatchObject({ action: 'unreadable', ok: false, event_id: 'e' });
    expect(AuditLine.safeParse(lineOf()).success).toBe(true);
  });

  it('cuts a note that would not end', () => {
    const errors = ['x'.repeat(1_000_000)];
    const line = lineOf(eventOf('aegis.policy.rejected.v1', 'e', { path: 'p', errors }));
    expect(line.note).toHaveLength(4096);
  });
});
