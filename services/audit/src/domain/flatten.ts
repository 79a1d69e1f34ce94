import type { DecisionEnforced } from '@aegis/contracts/decision';
import type { EventType } from '@aegis/contracts/events';
import { clientText, type Flat, type Flatten, joined } from './flat.ts';
import { FLATTEN_APPROVALS } from './flatten-approvals.ts';
import { FLATTEN_CALLS } from './flatten-calls.ts';
import { FLATTEN_PEOPLE } from './flatten-people.ts';
import { FLATTEN_TOOLS } from './flatten-tools.ts';

const OK_BY_OUTCOME = { allowed: true, pending: null, review: null, blocked: false } as const;

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
  call_id: data.dispatch?.call_id,
  server: data.call.server,
  door: data.door,
  client: clientText(data.client),
});

/** Every type of event and how it reads as a line. */
export const FLATTEN: Flatten<EventType> = {
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
  ...FLATTEN_APPROVALS,
  ...FLATTEN_PEOPLE,
  ...FLATTEN_CALLS,
  ...FLATTEN_TOOLS,
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
