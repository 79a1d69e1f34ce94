import { type ApprovalSummary, asRuled, type StoredApproval } from '@aegis/contracts/approvals';
import type { BodyRef } from '@aegis/contracts/bodies';
import { quorumOf } from '../domain/vote.ts';

const PREVIEW_CHARS = 200;

/** When an approval came to its present state. */
function changedAt(approval: StoredApproval): string {
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

function becauseOf(approval: StoredApproval): string | undefined {
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

const BETWEEN = ' + ';

const textOf = (part: object): Pick<BodyRef, 'begins' | 'bytes'> => {
  const text = JSON.stringify(part);
  return { begins: text, bytes: Buffer.byteLength(text) };
};

/** What stands elsewhere begins as its reference says. */
function argsOf({ args, args_body, input, input_body }: StoredApproval['call']) {
  const texts = [args_body ?? (args && textOf(args)), input_body ?? (input && textOf(input))];
  const written = texts.filter((text) => text !== undefined);
  const begins = written.map((text) => text.begins).join(BETWEEN);
  const between = BETWEEN.length * Math.max(0, written.length - 1);
  return {
    args_preview: begins.slice(0, PREVIEW_CHARS).toWellFormed(),
    args_bytes: written.reduce((sum, { bytes }) => sum + bytes, between),
  };
}

const present = <T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** What a list shows of an approval. */
export function toSummary(approval: StoredApproval): ApprovalSummary {
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
