import { ApprovalId, ApprovalStatus, Endorsement, GrantId, Ruled, Word } from '@aegis/contracts/approvals';
import { Call, Digest, DryRunId, Note, Principal, Timestamp, TraceId } from '@aegis/contracts/call';
import { MatchedRule } from '@aegis/contracts/decision';
import { ApprovalTerms } from '@aegis/contracts/terms';
import { z } from 'zod';
import { wholeNumber } from './query.ts';

/** An approval as REST shows it: one flat object, `ts` is when it was requested. */
export const ApprovalItem = z.strictObject({
  dry_run_id: DryRunId,
  approval_id: ApprovalId,
  status: ApprovalStatus,
  ts: Timestamp,
  ...Call.shape,
  reasons: z.array(z.string()),
  reason: Note.optional(),
  trace_id: TraceId,
  generation: z.int().min(1),
  call_digest: Digest,
  rule: MatchedRule.optional(),
  policy_digest: Digest.optional(),
  terms: ApprovalTerms.optional(),
  ruled: Ruled.optional(),
  decide_by: Timestamp,
  endorsements: z.array(Endorsement).optional(),
  decided_at: Timestamp.optional(),
  decided_by: Principal.optional(),
  decision_reason: Note.optional(),
  grant_id: GrantId.optional(),
  denied_because: z.string().optional(),
  expired_at: Timestamp.optional(),
  cancelled_at: Timestamp.optional(),
  cancelled_because: z.string().optional(),
  superseded_at: Timestamp.optional(),
  superseded_because: z.string().optional(),
  use_by: Timestamp.optional(),
  consumed_at: Timestamp.optional(),
  decision_id: z.string().optional(),
});
export type ApprovalItem = z.infer<typeof ApprovalItem>;

export const ApprovalList = z.strictObject({ approvals: z.array(ApprovalItem), next: z.string().optional() });

export const ApprovalsQuery = z.strictObject({
  status: ApprovalStatus.optional(),
  limit: wholeNumber(1, 500).default(100),
  before: z.string().min(1).max(200).optional(),
});

/** Either id names an approval, in either field. */
export const ApprovalParams = z.strictObject({ id: z.string().min(1).max(200) });

export const GetHeaders = z.object({ 'if-none-match': z.string().optional() });

/** 304: no body, it is as the caller has it. */
export const Unchanged = z.null();

/** With an ETag as it was given, the decision counts for that very state only. */
export const DecideHeaders = z.object({ 'if-match': z.string().optional() });

/** The path has the verdict, and `If-Match` the state. */
export const DecideBody = Word.pick({ reason: true }).default({});

export const CancelBody = z.strictObject({ reason: z.string().min(1).max(200).optional() }).default({});

export const CompleteBody = z
  .strictObject({
    dry_run_id: z.string().min(1).max(200).optional(),
    approval_id: z.string().min(1).max(200).optional(),
    approval_code: z.string().min(1, 'required').max(1024),
    reason: Note.optional(),
  })
  .refine((body) => (body.dry_run_id === undefined) !== (body.approval_id === undefined), {
    path: ['dry_run_id'],
    message: 'expected exactly one of dry_run_id and approval_id',
  });

/** `ok`: the call is approved, by this answer or an earlier one. */
export const CompleteResult = z.strictObject({
  ok: z.boolean(),
  status: ApprovalStatus,
  approval_id: ApprovalId,
});
