type Data = Record<string, unknown>;

/** The data with these members more, or others; undefined leaves one out. */
const and =
  (more: Data) =>
  (data: Data): Data => ({ ...data, ...more });

/** The same in a part of it. */
const inside =
  (part: string, more: Data) =>
  (data: Data): Data => ({ ...data, [part]: { ...(data[part] as Data), ...more } });

const APPROVED = 'aegis.approval.approved.v1';
const ENFORCED = 'aegis.decision.enforced.v1';
const at = '2026-01-01T00:03:00.000Z';
const endorsements = [
  { by: 'ada', at, reason: 'seen' },
  { by: 'ben', at },
];
const target = { type: 'email', events: ['approval.requested'] };
const dispatch = { call_id: 'c1', instance: 'i1', server: 'files', method: 'resources/read' };

/** Events beside the fixtures, each a fixture that says something else. */
export const VARIANTS: readonly [type: string, (data: Data) => Data][] = [
  [ENFORCED, and({ outcome: 'blocked', reasons: ['first reason', 'second reason'] })],
  [ENFORCED, and({ outcome: 'pending', dry_run_id: undefined, approval_id: undefined })],
  [ENFORCED, and({ client: { name: 'cursor' }, door: 'resource:file:///etc/hosts', dispatch })],
  [ENFORCED, inside('call', { server: 'files', op: undefined, weight: 1 })],
  ['aegis.decision.checked.v1', and({ outcome: 'allowed', reasons: [], op: undefined })],
  ['aegis.decision.checked.v1', and({ outcome: 'blocked', reasons: ['a', 'b'] })],
  [
    'aegis.idempotency.answered.v1',
    inside('reply', { approval_id: undefined, dry_run_id: undefined, trace_id: 'a'.repeat(32) }),
  ],
  [APPROVED, inside('approval', { endorsements, decision_reason: 'the parcel was lost' })],
  [APPROVED, inside('approval', { grant_id: `gra_${'g'.repeat(26)}` })],
  [APPROVED, inside('approval', { ruled: { op: 'refund', amount_cents: 7 }, policy_digest: undefined })],
  [APPROVED, inside('approval', { call: { tool: 'shell', server: 'files', principal: 'agent-7' } })],
  ['aegis.approval.denied.v1', inside('approval', { decision_reason: 'no', denied_because: 'no' })],
  ['aegis.approval.denied.v1', inside('approval', { decision_reason: 'too much' })],
  ['aegis.approval.requested.v1', inside('approval', { reasons: [] })],
  ['aegis.approval.requested.v1', inside('approval', { reasons: ['a', 'b'] })],
  ['aegis.approval.endorsed.v1', inside('approval', { endorsements: undefined })],
  ['aegis.approval.endorsed.v1', inside('approval', { endorsements, terms: undefined })],
  ['aegis.agent.waiting.v1', and({ approval_ids: [] })],
  ['aegis.agent.waiting.v1', and({ approval_ids: ['a', 'b'].map((c) => `apr_${c.repeat(26)}`) })],
  ['aegis.grant.given.v1', inside('grant', { pattern: { tool: 'shell' }, reason: undefined })],
  ['aegis.grant.used.v1', inside('grant', { uses: 2 })],
  ['aegis.grant.revoked.v1', inside('grant', { revoked_by: undefined })],
  ['aegis.webhook.changed.v1', and({ change: 'removed', target: undefined, because: undefined })],
  ['aegis.webhook.changed.v1', and({ change: 'disabled', because: 'it answered 410' })],
  ['aegis.webhook.changed.v1', and({ target: { ...target, to: ['a@example.com'] } })],
  ['aegis.webhook.changed.v1', and({ target: { ...target, to: ['a@example.com', 'b@example.com'] } })],
  ['aegis.call.succeeded.v1', and({ accepted: true, duration_ms: 12.34 })],
  ['aegis.call.passed.v1', and({ client: undefined })],
  ['aegis.tool.seen.v1', and({ looks_like: 'mоve_file' })],
  ['aegis.tool.changed.v1', and({ level: 'minor' })],
  ['aegis.policy.rejected.v1', and({ errors: ['rules: required', 'x'.repeat(5_000)] })],
  ['aegis.audit.written.v1', and({ ok: undefined, tool: undefined, note: undefined })],
  ['aegis.audit.written.v1', and({ action: 'approval.approved', note: 'a\r\nb\u2028c\u001b[31m' })],
  // A newer version says more, in words that the line has too.
  ['aegis.policy.published.v1', and({ tool: 'shell', server: { name: 'files' }, ok: false, status: 'new' })],
  [APPROVED, and({ principal: 'somebody', note: 'else', call_id: 'c1' })],
  ['aegis.tool.accepted.v1', and({ digest: 'no digest' })],
];
