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
  'aegis.approval.cancelled.v1': {
    action: 'approval.cancelled',
    ok: false,
    status: 'cancelled',
    note: 'cancelled: taken back',
  },
  'aegis.approval.consumed.v1': { action: 'approval.consumed', ok: true, status: 'consumed' },
  'aegis.call.succeeded.v1': {
    action: 'call.succeeded',
    ok: true,
    status: 'succeeded',
    tool: 'files.move',
    note: 'a result after 12.3 ms, 56 bytes',
    principal: 'os-user:ann',
    call_id: 'c1',
    server: 'files',
  },
  'aegis.call.failed.v1': {
    action: 'call.failed',
    ok: false,
    status: 'failed',
    note: 'ENOENT (after 12.3 ms)',
    call_id: 'c1',
  },
  'aegis.call.outcome_unknown.v1': {
    action: 'call.outcome_unknown',
    ok: null,
    status: 'outcome_unknown',
    tool: 'files.move',
    note: 'the firewall went away',
    call_id: 'c1',
  },
  'aegis.call.passed.v1': {
    action: 'call.passed',
    ok: null,
    status: 'passed',
    tool: null,
    note: 'completion/complete reached the server; no rule judges it',
    client: 'cursor 1.2',
    server: 'files',
  },
  'aegis.call.refused.v1': {
    action: 'call.refused',
    ok: false,
    status: 'refused',
    note: 'the key method is there twice (a message of 90 bytes)',
    principal: 'os-user:ann',
  },
  'aegis.tool.seen.v1': { action: 'tool.seen', ok: null, tool: 'files.move', server: 'files' },
  'aegis.tool.changed.v1': {
    action: 'tool.changed',
    ok: false,
    tool: 'files.move',
    note: expect.stringContaining('changed: what a model reads') as string,
  },
  'aegis.tool.accepted.v1': {
    action: 'tool.accepted',
    ok: true,
    tool: 'files.move',
    note: expect.stringContaining('accepted by approver') as string,
    principal: 'approver',
  },
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

  it('of an enforce has what a firewall in the path knows of the call', () => {
    const data = {
      ...SAMPLES['aegis.decision.enforced.v1'],
      outcome: 'allowed',
      reasons: [],
      client: { name: 'cursor' },
      door: 'resource:file:///etc/hosts',
      dispatch: { call_id: 'c1', instance: 'i1', server: 'files', method: 'resources/read' },
    } as const;
    expect(lineOf(eventOf('aegis.decision.enforced.v1', 'e', { ...data, reasons: [] }))).toMatchObject({
      call_id: 'c1',
      client: 'cursor',
      door: 'resource:file:///etc/hosts',
    });
  });

  it("of a task's handle does not say that the work went well", () => {
    const data = { ...SAMPLES['aegis.call.succeeded.v1'], accepted: true } as const;
    const line = lineOf(eventOf('aegis.call.succeeded.v1', 'e', data));
    expect(line).toMatchObject({ action: 'call.succeeded', ok: null, status: 'accepted' });
  });

  it('of a tool that looks like another is not ok, and names the other', () => {
    const data = { ...SAMPLES['aegis.tool.seen.v1'], looks_like: 'mоve' };
    const line = lineOf(eventOf('aegis.tool.seen.v1', 'e', data));
    expect(line).toMatchObject({ ok: false, note: expect.stringContaining("looks like 'mоve'") as string });
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
