import type { Approval } from '@aegis/shared/contracts/approvals';
import type { AuditLine } from '@aegis/shared/contracts/audit';
import type { DecisionEnforced } from '@aegis/shared/contracts/decision';
import type { EventData, EventType } from '@aegis/shared/contracts/events';

/** What an event says in the flat words of the audit file; what is left out is null there, or absent. */
export type Flat = Partial<Omit<AuditLine, 'seq' | 'ts' | 'event_id' | 'type'>> & { action: string };

const OK_BY_OUTCOME = { allowed: true, pending: null, review: null, blocked: false } as const;
const OK_BY_STATUS = {
  pending: null,
  approved: true,
  denied: false,
  expired: false,
  consumed: true,
} as const;

const joined = (sentences: readonly string[]): string | null => sentences.join('; ') || null;

const enforced = (data: DecisionEnforced): Flat => ({
  action: 'enforce',
  ok: OK_BY_OUTCOME[data.outcome],
  tool: data.call.tool,
  op: data.call.op,
  amount_cents: data.call.amount_cents,
  status: data.outcome,
  note: joined(data.reasons),
  dry_run_id: data.dry_run_id,
  approval_id: data.approval_id,
  principal: data.call.principal,
  policy_digest: data.policy_digest,
});

const NOTE: { [S in Approval['status']]: (approval: Extract<Approval, { status: S }>) => string | null } = {
  pending: ({ reasons }) => joined(reasons),
  approved: ({ decided_by }) => `approved by ${decided_by}`,
  denied: ({ decided_by, denied_because }) => `denied by ${decided_by}: ${denied_because}`,
  expired: ({ expired_at }) => `expired at ${expired_at}`,
  consumed: ({ decision_id }) => `used by decision ${decision_id}`,
};

function noteOf(approval: Approval): string | null {
  const note = NOTE[approval.status] as (approval: Approval) => string | null;
  return note(approval);
}

const changed =
  (action: string) =>
  ({ approval }: { approval: Approval }): Flat => ({
    action,
    ok: OK_BY_STATUS[approval.status],
    tool: approval.call.tool,
    op: approval.call.op,
    amount_cents: approval.call.amount_cents,
    status: approval.status,
    note: noteOf(approval),
    trace_id: approval.trace_id,
    dry_run_id: approval.dry_run_id,
    approval_id: approval.approval_id,
    principal: approval.call.principal,
    policy_digest: approval.policy_digest,
  });

/** Every type of event and how it reads as a line. */
export const FLATTEN: { [T in EventType]: (data: EventData<T>) => Flat } = {
  'aegis.decision.enforced.v1': enforced,
  'aegis.decision.checked.v1': (data) => ({
    action: 'check',
    ok: OK_BY_OUTCOME[data.outcome],
    tool: data.tool,
    op: data.op,
    amount_cents: data.amount_cents,
    status: data.outcome,
    note: joined(data.reasons),
    principal: data.principal,
    policy_digest: data.policy_digest,
  }),
  // Its decision has a line of its own: with a status here, each answer would be counted twice.
  'aegis.idempotency.answered.v1': ({ reply }) => ({
    action: 'idempotency.answered',
    note: 'the answer is kept for retries with the same key',
    trace_id: reply.trace_id,
    dry_run_id: reply.dry_run_id,
    approval_id: reply.approval_id,
  }),
  'aegis.approval.requested.v1': changed('approval.requested'),
  'aegis.approval.approved.v1': changed('approval.approved'),
  'aegis.approval.denied.v1': changed('approval.denied'),
  'aegis.approval.expired.v1': changed('approval.expired'),
  'aegis.approval.consumed.v1': changed('approval.consumed'),
  'aegis.policy.published.v1': (data) => ({
    action: 'policy.published',
    ok: true,
    note: `version ${data.version} from ${data.path}`,
    policy_digest: data.digest,
  }),
  'aegis.policy.rejected.v1': (data) => ({
    action: 'policy.rejected',
    ok: false,
    note: `${data.path}: ${data.errors.join('; ')}`,
  }),
  'aegis.audit.written.v1': ({ action, ok, tool, note, principal }) => ({
    action,
    ok,
    tool,
    note,
    principal,
  }),
};
