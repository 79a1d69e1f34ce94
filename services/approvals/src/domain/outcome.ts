import type { Approval } from '@aegis/contracts/approvals';

export type ApprovalEventName =
  | 'requested'
  | 'endorsed'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'superseded'
  | 'consumed';
/** What happened, with the state after it. */
export type ApprovalEvent = { name: ApprovalEventName; approval: Approval };

/** Either something happens, or nothing does and `because` says why: a denial is a value. `fault` where it was asked wrongly. */
export type Decided =
  | { event: ApprovalEvent }
  | { because: string; fault?: 'not_an_approver' | 'invalid_request' };
