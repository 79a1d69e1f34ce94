import type { Approval, ApprovalSummary } from '@aegis/contracts/approvals';
import type { ApprovalView } from '@aegis/contracts/console';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

/** An id of an approval, another one for each number. */
export const idOf = (n: number): string =>
  `apr_${'a'.repeat(24)}${LETTERS[Math.floor(n / 32)]}${LETTERS[n % 32]}`;
/** A time so many seconds from now. */
export const at = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

export const TEN_ARGUMENTS = {
  order: 1001,
  customer: 'cus_9s6XKzkNRiz8i3',
  reason: 'damaged_in_transit',
  note: 'Box arrived open, two cups broken',
  notify: true,
  channel: 'email',
  items: ['cup-blue', 'cup-red'],
  currency: 'eur',
  restock: false,
  idempotency_key: 'refund-1001-1',
};

/** A pending approval, number `n`; `changes` go over it. */
export function pending(n: number, changes: Partial<Extract<Approval, { status: 'pending' }>> = {}) {
  const approval: Approval = {
    status: 'pending',
    approval_id: idOf(n),
    dry_run_id: `refund-${1000 + n}`,
    generation: 1,
    trace_id: '0'.repeat(32),
    call: {
      tool: 'refunds.create',
      op: 'refund',
      amount_cents: 12_500,
      server: 'payments',
      principal: 'support-agent',
      args: TEN_ARGUMENTS,
      definition_digest: digest(77),
    },
    call_digest: digest(n),
    reasons: ['Amount 12500 exceeds cap 5000 for pattern ‘refunds.*’'],
    reason: 'Order 1001 arrived broken. The customer has written twice.',
    rule: { index: 2, match: 'refunds.*' },
    policy_digest: digest(99),
    requested_at: at(-95),
    decide_by: at(3100),
    ...changes,
  };
  return approval;
}

const DEFINITION = {
  name: 'create',
  description: 'Gives a customer money back. It can not be undone.',
  inputSchema: {
    type: 'object',
    required: ['order', 'reason'],
    properties: {
      order: { type: 'integer', description: 'The order that is refunded' },
      customer: { type: 'string', description: 'Who gets the money' },
      reason: { enum: ['damaged_in_transit', 'late', 'other'], description: 'Why, for the books' },
      notify: { type: 'boolean', description: 'Whether the customer is told' },
    },
  },
};

/** The whole view of an approval; `changes` go over it. */
export function viewOf(approval: Approval, changes: Partial<ApprovalView> = {}): ApprovalView {
  return {
    approval,
    revision: 10,
    may_decide: true,
    may_deny: true,
    may_grant: true,
    rule: {
      index: 2,
      match: 'refunds.*',
      document: { match: 'refunds.*', action: 'allow', cap_cents: 5000, approvers: ['finance'] },
      policy_digest: digest(99),
    },
    definition: DEFINITION,
    previous: {
      approval_id: idOf(40),
      status: 'consumed',
      requested_at: at(-7200),
      principal: 'support-agent',
      op: 'refund',
      amount_cents: 7900,
      args: { ...TEN_ARGUMENTS, order: 998, items: ['cup-blue'], old_flag: 1, channel: undefined },
    },
    group: [approval.approval_id],
    timeline: [{ at: approval.requested_at, what: 'requested', by: approval.call.principal }],
    past: {
      total: 3,
      blocked: 1,
      calls: [
        {
          at: at(-7200),
          tool: 'refunds.create',
          op: 'refund',
          amount_cents: 7900,
          status: 'succeeded',
          approval_id: idOf(40),
        },
        { at: at(-9000), tool: 'crm.export_users', status: 'blocked', note: 'no matching rule' },
        { at: at(-9100), tool: 'orders.read', status: 'allowed' },
      ],
    },
    now: at(0),
    ...changes,
  };
}

/** What a list shows of it. */
export function summaryOf(approval: Approval): ApprovalSummary {
  const preview = JSON.stringify(approval.call.args ?? {});
  return {
    approval_id: approval.approval_id,
    status: approval.status,
    tool: approval.call.tool,
    ...(approval.call.op === undefined ? {} : { op: approval.call.op }),
    ...(approval.call.amount_cents === undefined ? {} : { amount_cents: approval.call.amount_cents }),
    ...(approval.call.server === undefined ? {} : { server: approval.call.server }),
    principal: approval.call.principal,
    reasons: approval.reasons,
    args_preview: preview.slice(0, 200),
    args_bytes: preview.length,
    requested_at: approval.requested_at,
    decide_by: approval.decide_by,
    changed_at: approval.requested_at,
    ...('decided_by' in approval ? { decided_by: approval.decided_by } : {}),
    endorsements: approval.endorsements ?? [],
    quorum: approval.terms?.quorum ?? 1,
  };
}
