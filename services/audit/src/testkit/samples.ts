import { createHash } from 'node:crypto';
import type { Approval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData, EventType } from '@aegis/contracts/events';

export const TIME = '2026-03-01T10:00:00.000Z';
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const call = { tool: 'refunds.create', op: 'refund', amount_cents: 9_000, principal: 'agent-7' };

/** An approval as it was asked for, and what happened to it since. */
export const approvalOf = (since: Record<string, unknown>): Approval =>
  ({
    approval_id: `apr_${'a'.repeat(26)}`,
    dry_run_id: 'dry-1',
    generation: 1,
    trace_id: TRACE_ID,
    call,
    call_digest: digest('call'),
    reasons: ['over the cap'],
    requested_at: TIME,
    decide_by: TIME,
    ...since,
  }) as Approval;

const decided = { decided_at: TIME, decided_by: 'ann' };
const decision: EventData<'aegis.decision.enforced.v1'> = {
  call: { ...call, call_digest: digest('call') },
  outcome: 'blocked',
  reasons: ['first reason', 'second reason'],
  policy_digest: digest('policy'),
  policy_version: 2,
  ruled_at: TIME,
  dry_run_id: 'dry-1',
  via: 'rest',
};

const from = { call_id: 'c1', instance: 'i1', server: 'files', principal: 'os-user:ann' };
const proxied = { ...from, decision_id: 'decision-1', tool: 'files.move' };
const timed = { duration_ms: 12.34, result_bytes: 56, result_digest: digest('result') };
const definition = {
  server: 'files',
  tool: 'move',
  digest: digest('definition'),
  definition: { name: 'move', inputSchema: { type: 'object' } },
};

const grant = {
  grant_id: `gra_${'g'.repeat(26)}`,
  principal: 'agent-7',
  pattern: {
    tool: 'refunds.create',
    op: 'refund',
    max_amount_cents: 9_000,
    args: { iban: { equals: 'DE-secret' } },
  },
  approval_id: `apr_${'a'.repeat(26)}`,
  granted_by: 'ada',
  granted_at: TIME,
  expires_at: '2026-03-01T10:30:00.000Z',
  uses: 0,
};

/** The data of one event of every type. */
export const SAMPLES: { [T in EventType]: EventData<T> } = {
  'aegis.decision.enforced.v1': decision,
  'aegis.decision.checked.v1': {
    tool: 'refunds.create',
    principal: 'agent-7',
    outcome: 'review',
    reasons: ['no rule'],
    policy_digest: digest('policy'),
    via: 'mcp-http',
  },
  'aegis.idempotency.answered.v1': {
    call_digest: digest('call'),
    reply: {
      allowed: true,
      approval_required: false,
      status: 'allowed',
      reasons: [],
      approval_id: `apr_${'a'.repeat(26)}`,
      trace_id: TRACE_ID,
    },
  },
  'aegis.approval.requested.v1': { approval: approvalOf({ status: 'pending' }) },
  'aegis.approval.endorsed.v1': {
    approval: approvalOf({
      status: 'pending',
      terms: { quorum: 2 },
      endorsements: [{ by: 'ada', at: TIME }],
    }),
  },
  'aegis.approval.approved.v1': { approval: approvalOf({ status: 'approved', ...decided, use_by: TIME }) },
  'aegis.approval.denied.v1': {
    approval: approvalOf({ status: 'denied', ...decided, denied_because: 'wrong code' }),
  },
  'aegis.approval.expired.v1': { approval: approvalOf({ status: 'expired', expired_at: TIME }) },
  'aegis.approval.cancelled.v1': {
    approval: approvalOf({ status: 'cancelled', cancelled_at: TIME, cancelled_because: 'taken back' }),
  },
  'aegis.approval.superseded.v1': {
    approval: approvalOf({
      status: 'superseded',
      superseded_at: TIME,
      superseded_because: 'the policy changed',
    }),
  },
  'aegis.approval.consumed.v1': {
    approval: approvalOf({
      status: 'consumed',
      ...decided,
      use_by: TIME,
      consumed_at: TIME,
      decision_id: 'decision-1',
    }),
  },
  'aegis.agent.waiting.v1': { principal: 'agent-7', approval_ids: [`apr_${'a'.repeat(26)}`] },
  'aegis.grant.given.v1': { grant: { ...grant, reason: 'the whole batch' } },
  'aegis.grant.used.v1': {
    grant: { ...grant, uses: 2, last_used_at: TIME },
    approval_id: `apr_${'b'.repeat(26)}`,
  },
  'aegis.grant.revoked.v1': { grant: { ...grant, revoked_at: TIME, revoked_by: 'ben' } },
  'aegis.webhook.changed.v1': {
    webhook_id: 'ops',
    change: 'saved',
    target: {
      type: 'slack',
      url: 'https://hooks.example.com/services/secret',
      events: ['approval.requested', 'approval.denied'],
    },
    by: 'ada',
  },
  'aegis.call.succeeded.v1': { ...proxied, ...timed },
  'aegis.call.failed.v1': { ...proxied, ...timed, error: 'ENOENT' },
  'aegis.call.outcome_unknown.v1': { ...proxied, because: 'the firewall went away' },
  'aegis.call.passed.v1': {
    ...from,
    client: { name: 'cursor', version: '1.2' },
    method: 'completion/complete',
  },
  'aegis.call.refused.v1': {
    ...from,
    because: 'the key method is there twice',
    message_bytes: 90,
    message_digest: digest('message'),
  },
  'aegis.tool.seen.v1': { ...definition },
  'aegis.tool.changed.v1': { ...definition, level: 'major' },
  'aegis.tool.accepted.v1': {
    server: 'files',
    tool: 'move',
    digest: digest('definition'),
    accepted_by: 'approver',
  },
  'aegis.policy.published.v1': {
    policy: { version: 2, rules: [] },
    digest: digest('policy'),
    version: 2,
    path: 'policy.yml',
    origin: 'file',
  },
  'aegis.policy.rejected.v1': { path: 'policy.yml', errors: ['rules: required', 'version: required'] },
  'aegis.audit.written.v1': {
    action: 'note.made',
    tool: 'shell',
    ok: true,
    note: 'hello',
    principal: 'agent-7',
    via: 'cli',
  },
};

/** An event of a type, with the sample's data where none is given. */
export const eventOf = <T extends EventType>(
  type: T,
  id: string,
  data: EventData<T> = SAMPLES[type],
): Envelope => createEvent({ type, source: 'test', data, time: TIME, traceId: TRACE_ID, id });
