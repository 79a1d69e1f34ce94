import type { Approval } from '@aegis/contracts/approvals';
import type { APPROVAL_EVENTS } from '@aegis/contracts/events';
import type { Decision } from './decider.ts';

/** What happened to an approval, with the state after it. */
export type ApprovalEvent = {
  readonly type: (typeof APPROVAL_EVENTS)[number];
  readonly data: { readonly approval: Approval; readonly source?: string | undefined };
};
export type ApprovalDecision = Decision<ApprovalEvent>;

export type ApprovalEventName =
  | Exclude<Approval['status'], 'pending'>
  | 'requested'
  | 'endorsed'
  | 'code_drawn'
  | 'code_refused';

/** That this happened; `source` is who sent a wrong code. */
export const happened = (name: ApprovalEventName, approval: Approval, source?: string): ApprovalDecision => ({
  event: { type: `aegis.approval.${name}.v1`, data: { approval, source } },
});
