import { z } from 'zod';
import { Call, Digest, DryRunId, Note, Principal, Timestamp, TraceId } from './call.ts';
import { EnforceReply, MatchedRule } from './decision.ts';
import { Envelope } from './envelope.ts';

export const ApprovalId = z.string().regex(/^apr_[a-z2-7]{26}$/);
export type ApprovalId = z.infer<typeof ApprovalId>;

/** What is asked: bound to one exact call by its digest. */
const asked = {
  approval_id: ApprovalId,
  dry_run_id: DryRunId,
  generation: z.int().min(1),
  trace_id: TraceId,
  call: Call,
  call_digest: Digest,
  reasons: z.array(z.string()),
  reason: Note.optional(),
  rule: MatchedRule.optional(),
  policy_digest: Digest.optional(),
  requested_at: Timestamp,
  decide_by: Timestamp,
};
const decided = { decided_at: Timestamp, decided_by: Principal };

/**
 * An approval, folded: `pending -> approved -> consumed`, `pending -> denied | expired | cancelled`,
 * `approved -> expired | cancelled`.
 */
export const Approval = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('pending'), ...asked }),
  z.strictObject({ status: z.literal('approved'), ...asked, ...decided, use_by: Timestamp }),
  z.strictObject({ status: z.literal('denied'), ...asked, ...decided, denied_because: z.string() }),
  z.strictObject({ status: z.literal('expired'), ...asked, expired_at: Timestamp }),
  z.strictObject({
    status: z.literal('cancelled'),
    ...asked,
    cancelled_at: Timestamp,
    cancelled_because: z.string(),
  }),
  z.strictObject({
    status: z.literal('consumed'),
    ...asked,
    ...decided,
    use_by: Timestamp,
    consumed_at: Timestamp,
    decision_id: z.string(),
  }),
]);
export type Approval = z.infer<typeof Approval>;
export const ApprovalStatus = z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled', 'consumed']);
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

/** The data of every `aegis.approval.<what happened>.v1`: the folded state after it. */
export const ApprovalChanged = z.strictObject({ approval: Approval, source: z.string().optional() });
export type ApprovalChanged = z.infer<typeof ApprovalChanged>;

export const RequestApproval = z.strictObject({
  call: Call,
  dry_run_id: DryRunId.optional(),
  reasons: z.array(z.string().max(2_000)).max(20),
  reason: Note.optional(),
  rule: MatchedRule.optional(),
  policy_digest: Digest.optional(),
});
export type RequestApproval = z.infer<typeof RequestApproval>;

/** Is there an approval under this key that speaks for or against this very call? */
export const StandingApproval = z.strictObject({ call: Call, dry_run_id: DryRunId });
export const StandingReply = z.strictObject({ approval: Approval.optional() });

export const ApprovalReply = z.strictObject({ approval: Approval });
export type ApprovalReply = z.infer<typeof ApprovalReply>;

/** `id` is an approval id or a dry run id. `source` is where the answer came from, for the limit on wrong codes. */
export const CompleteApproval = z.strictObject({
  id: z.string().min(1).max(200),
  approval_code: z.string().max(1024),
  source: z.string().max(200),
});
export type CompleteApproval = z.infer<typeof CompleteApproval>;

/** Uses up an approval and records the decision that it allows, in one atomic batch. */
export const ConsumeApproval = z.strictObject({
  approval_id: ApprovalId,
  call: Call,
  decision: Envelope,
  idempotency: z.strictObject({ key_digest: z.string(), answered: Envelope }).optional(),
});
export type ConsumeApproval = z.infer<typeof ConsumeApproval>;

/** The requester takes its question back: only its own, and only while it is not used. */
export const CancelApproval = z.strictObject({
  approval_id: ApprovalId,
  principal: Principal,
  because: z.string().min(1).max(200),
});
export type CancelApproval = z.infer<typeof CancelApproval>;

/** `consumed: false`: this approval does not allow this call now; `because` is a reason for people. */
export const ConsumeReply = z.strictObject({
  consumed: z.boolean(),
  because: z.string().optional(),
  earlier: EnforceReply.optional(),
});
export type ConsumeReply = z.infer<typeof ConsumeReply>;

export const GetApproval = z.strictObject({ id: z.string().min(1).max(200) });
export const ListApprovals = z.strictObject({
  status: ApprovalStatus.optional(),
  limit: z.int().min(1).max(500),
  before: z.string().optional(),
});
export type ListApprovals = z.infer<typeof ListApprovals>;
export const ListApprovalsReply = z.strictObject({
  approvals: z.array(Approval),
  next: z.string().optional(),
});
export type ListApprovalsReply = z.infer<typeof ListApprovalsReply>;
