import { AuditLine } from '@aegis/contracts/audit';
import type { Envelope } from '@aegis/contracts/envelope';
import { EVENT_DATA, type EventData, type EventType } from '@aegis/contracts/events';
import { describe, expect, it } from 'vitest';
import { approvalOf, eventOf, SAMPLES, TIME, TRACE_ID } from '../testkit/samples.ts';
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
  'aegis.approval.endorsed.v1': {
    action: 'approval.endorsed',
    ok: null,
    status: 'pending',
    note: 'approved by ada (1 of 2)',
    approval_id: `apr_${'a'.repeat(26)}`,
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
  'aegis.approval.superseded.v1': {
    action: 'approval.superseded',
    ok: false,
    status: 'superseded',
    note: 'superseded: the policy changed',
  },
  'aegis.approval.consumed.v1': { action: 'approval.consumed', ok: true, status: 'consumed' },
  'aegis.agent.waiting.v1': {
    action: 'agent.waiting',
    ok: null,
    status: null,
    tool: null,
    note: '1 call waits for a person',
    principal: 'agent-7',
  },
  'aegis.grant.given.v1': {
    action: 'grant.given',
    ok: true,
    status: null,
    tool: 'refunds.create',
    op: 'refund',
    note: `grant gra_${'g'.repeat(26)} given by ada until 2026-03-01T10:30:00.000Z up to 9000 cents: the whole batch`,
    principal: 'agent-7',
    approval_id: `apr_${'a'.repeat(26)}`,
  },
  'aegis.grant.used.v1': {
    action: 'grant.used',
    ok: true,
    note: `grant gra_${'g'.repeat(26)} of ada used 2 times so far`,
    approval_id: `apr_${'b'.repeat(26)}`,
  },
  'aegis.grant.revoked.v1': {
    action: 'grant.revoked',
    ok: null,
    note: `grant gra_${'g'.repeat(26)} revoked by ben`,
    principal: 'agent-7',
  },
  'aegis.webhook.changed.v1': {
    action: 'webhook.changed',
    ok: null,
    note: 'ops saved by ada; slack at hooks.example.com is told of approval.requested, approval.denied',
    principal: 'ada',
  },
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

  const yes = { decided_at: TIME, decided_by: 'ben', decision_reason: 'the parcel was lost' };
  const approved = { status: 'approved', ...yes, use_by: TIME };
  const endorsements = [
    { by: 'ada', at: TIME, reason: 'seen' },
    { by: 'ben', at: TIME },
  ];
  it.each([
    ['approved.v1', approved, 'approved by ben: the parcel was lost'],
    ['approved.v1', { ...approved, endorsements }, 'approved by ada and ben: the parcel was lost'],
    [
      'approved.v1',
      { ...approved, decision_reason: undefined, grant_id: `gra_${'g'.repeat(26)}` },
      `approved by grant gra_${'g'.repeat(26)} of ben`,
    ],
    [
      'endorsed.v1',
      { status: 'pending', terms: { quorum: 3 }, endorsements: endorsements.slice(0, 1) },
      'approved by ada (1 of 3): seen',
    ],
    [
      'denied.v1',
      { status: 'denied', ...yes, denied_because: yes.decision_reason },
      'denied by ben: the parcel was lost',
    ],
    [
      'denied.v1',
      { status: 'denied', ...yes, denied_because: 'denied at the console' },
      'denied by ben: denied at the console: the parcel was lost',
    ],
  ] as const)('of approval.%s says who decided and why: %j', (type, since, note) => {
    const event = eventOf(`aegis.approval.${type}`, 'e', { approval: approvalOf(since) });
    expect(lineOf(event).note).toBe(note);
  });

  it.each([
    [{ change: 'removed' }, null, 'ops removed by ada'],
    [{ change: 'disabled', because: 'it answered 410' }, false, 'ops disabled by ada: it answered 410'],
    [
      { change: 'saved', target: { type: 'email', to: ['a@example.com'], events: ['approval.requested'] } },
      null,
      'ops saved by ada; e-mail to 1 address is told of approval.requested',
    ],
  ] as const)('of a webhook that is changed: %j', (change, ok, note) => {
    const data = { webhook_id: 'ops', by: 'ada', ...change } as EventData<'aegis.webhook.changed.v1'>;
    expect(lineOf(eventOf('aegis.webhook.changed.v1', 'e', data))).toMatchObject({ ok, note });
  });

  it('has no arguments and no address that is a secret', () => {
    const lines = (Object.keys(EVENT_DATA) as EventType[]).map((type) => lineOf(eventOf(type, 'e')));
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('keeps the trace of the approval, whatever the message says', () => {
    const event = { ...eventOf('aegis.approval.approved.v1', 'e'), traceparent: undefined };
    expect(lineOf(event).trace_id).toBe(TRACE_ID);
  });

  it('is the same for an event of a newer version, which has more in it', () => {
    const event = eventOf('aegis.decision.enforced.v1', 'e');
    const call = { ...(event.data['call'] as object), weight: 1 };
    expect(lineOf({ ...event, data: { ...event.data, call, region: 'eu' } })).toEqual(lineOf(event));
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
