import { type Approval, type ApprovalSummary, asRuled } from '@aegis/contracts/approvals';
import { quorumOf } from '../domain/vote.ts';

const PREVIEW_CHARS = 200;

/** When an approval came to its present state. */
function changedAt(approval: Approval): string {
  switch (approval.status) {
    case 'pending':
      return approval.endorsements?.at(-1)?.at ?? approval.requested_at;
    case 'approved':
    case 'denied':
      return approval.decided_at;
    case 'expired':
      return approval.expired_at;
    case 'cancelled':
      return approval.cancelled_at;
    case 'superseded':
      return approval.superseded_at;
    case 'consumed':
      return approval.consumed_at;
  }
}

function becauseOf(approval: Approval): string | undefined {
  switch (approval.status) {
    case 'denied':
      return approval.denied_because;
    case 'cancelled':
      return approval.cancelled_because;
    case 'superseded':
      return approval.superseded_because;
    case 'approved':
    case 'consumed':
      return approval.decision_reason;
    case 'pending':
    case 'expired':
      return undefined;
  }
}

const argsOf = ({ args, input }: Approval['call']) => {
  const written = [args, input].filter((part) => part !== undefined).map((part) => JSON.stringify(part));
  const text = written.join(' + ');
  return { args_preview: text.slice(0, PREVIEW_CHARS).toWellFormed(), args_bytes: Buffer.byteLength(text) };
};

const present = <T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** What a list shows of an approval. */
export function toSummary(approval: Approval): ApprovalSummary {
  const { call, approval_id, status, reasons, requested_at, decide_by, endorsements = [] } = approval;
  const ruled = asRuled(approval);
  return {
    approval_id,
    status,
    tool: call.tool,
    principal: call.principal,
    reasons,
    ...argsOf(call),
    requested_at,
    decide_by,
    changed_at: changedAt(approval),
    endorsements,
    quorum: quorumOf(approval),
    ...present({
      op: ruled.op,
      amount_cents: ruled.amount_cents,
      server: call.server,
      reason: approval.reason,
      use_by: 'use_by' in approval ? approval.use_by : undefined,
      decided_by: 'decided_by' in approval ? approval.decided_by : undefined,
      because: becauseOf(approval),
      approvers: approval.terms?.approvers,
      grant_id: 'grant_id' in approval ? approval.grant_id : undefined,
    }),
  };
}
