import { z } from 'zod';
import { StoredCall } from './bodies.ts';
import {
  AmountCents,
  Call,
  ClientInfo,
  Digest,
  Door,
  DryRunId,
  Note,
  Op,
  Principal,
  Timestamp,
  TraceId,
} from './call.ts';
import { EnforceReply, MatchedRule } from './decision.ts';
import { DrawnCode, FormerCode } from './drawn-code.ts';
import { Envelope } from './envelope.ts';
import { KeyMark } from './key-mark.ts';
import { rpc } from './rpc.ts';
import { ApprovalTerms } from './terms.ts';
import { whole } from './tolerant.ts';

export { QUESTION_TOOL } from './question-tool.ts';

export const ApprovalId = z
  .string()
  .regex(/^apr_[a-z2-7]{26}$/, 'expected the id of an approval: apr_ and 26 characters of a-z 2-7');
export type ApprovalId = z.infer<typeof ApprovalId>;

/** One person's yes, where it takes more than one. */
export const Endorsement = z.strictObject({
  by: Principal.describe('who'),
  by_key: KeyMark.optional(),
  at: Timestamp.describe('when'),
  reason: Note.optional().describe('why, where they said so'),
});
export type Endorsement = z.infer<typeof Endorsement>;

export const GrantId = z
  .string()
  .regex(/^gra_[a-z2-7]{26}$/, 'expected the id of a grant: gra_ and 26 characters of a-z 2-7');
export type GrantId = z.infer<typeof GrantId>;

/** What the rule itself took from the arguments, where it does: that counts, whatever the caller states. */
export const Ruled = whole(
  z.strictObject({
    op: Op.optional().describe('what the call does'),
    amount_cents: AmountCents.optional().describe('the amount, in cents'),
  }),
);
export type Ruled = z.infer<typeof Ruled>;

/** What a rule took, of its answer; nothing where it took nothing. */
export function ruledOf({ op, amount_cents }: Ruled): { ruled?: Ruled } {
  if (op === undefined && amount_cents === undefined) return {};
  return {
    ruled: { ...(op === undefined ? {} : { op }), ...(amount_cents === undefined ? {} : { amount_cents }) },
  };
}

/** The call as its rule sees it, for people to judge; what an approval is bound to is the call itself. */
export const asRuled = <C extends StoredCall>({
  call,
  ruled,
}: {
  call: C;
  ruled?: Ruled | undefined;
}): C => ({
  ...call,
  ...ruled,
});

/** What the policy saw beside the call, so that it can be decided again. */
const beside = {
  client: ClientInfo.optional().describe('what the MCP client says of itself'),
  door: Door.optional().describe('`resource:<uri>` or `prompt:<name>`, where it is not a tool that is used'),
  in_path: z.boolean().optional().describe('true where nobody stated an op or an amount: its rule took them'),
};

/** What is asked: bound to one exact call by its digest. */
const askedFor = <C extends z.ZodType>(call: C) => ({
  approval_id: ApprovalId.describe('`apr_` and 26 characters'),
  dry_run_id: DryRunId.describe("the caller's key, or the one made for it"),
  generation: z.int().min(1).describe('1, and one more each time the key is used again'),
  trace_id: TraceId.describe('one for the key, through all generations'),
  call,
  call_digest: Digest.describe('SHA-256 of that call in its RFC 8785 form'),
  reasons: z.array(z.string()).describe('why a person is asked'),
  reason: Note.optional().describe('what the agent says about it'),
  rule: MatchedRule.optional().describe('the rule that asked for a person'),
  policy_digest: Digest.optional().describe('the policy that asked for a person'),
  terms: ApprovalTerms.optional().describe('who decides, and until when, where the rule says it'),
  ruled: Ruled.optional().describe('what its rule took from the arguments: that counts, whatever is stated'),
  ...beside,
  requested_at: Timestamp.describe('when it was asked for'),
  decide_by: Timestamp.describe('until when it can be decided'),
  endorsements: z.array(Endorsement).optional().describe('who has said yes so far'),
  former_codes: z
    .array(FormerCode)
    .optional()
    .describe('the codes for it that count no more, the newest last: 20 at most'),
});
const decided = {
  decided_at: Timestamp.describe('when it was decided'),
  decided_by: Principal.describe('who decided; of several, the last; of a grant, who gave it'),
  decision_reason: Note.optional().describe('what they said why, where they did'),
};
const approved = {
  ...decided,
  use_by: Timestamp.describe('until when it can be used'),
  grant_id: GrantId.optional().describe('the grant that approved it, where no person did'),
  code_drawn_at: Timestamp.optional().describe('when the code was drawn that its asker redeemed, if so'),
};
const Because = z.string().describe('why');

const approvalOf = <C extends z.ZodType>(call: C) => {
  const asked = askedFor(call);
  return z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('pending'),
      ...asked,
      code: DrawnCode.optional().describe('the code for it that waits to be spoken'),
      wrong_codes: z.int().min(1).optional().describe('how many wrong ones its asker gave so far'),
    }),
    z.strictObject({ status: z.literal('approved'), ...asked, ...approved }),
    z.strictObject({
      status: z.literal('denied'),
      ...asked,
      ...decided,
      denied_because: Because,
      drawn_code_only: z
        .boolean()
        .optional()
        .describe(
          'there where a wrong code denied it, and no person: true where only the code that was drawn for it could be right',
        ),
    }),
    z.strictObject({
      status: z.literal('expired'),
      ...asked,
      expired_at: Timestamp.describe('when it ended'),
    }),
    z.strictObject({
      status: z.literal('cancelled'),
      ...asked,
      cancelled_at: Timestamp.describe('when it was taken back'),
      cancelled_because: Because,
    }),
    z.strictObject({
      status: z.literal('superseded'),
      ...asked,
      superseded_at: Timestamp.describe('when it stopped to count'),
      superseded_because: Because,
    }),
    z.strictObject({
      status: z.literal('consumed'),
      ...asked,
      ...approved,
      consumed_at: Timestamp.describe('when it was used'),
      decision_id: z.string().describe('the `id` of the decision that it allowed'),
    }),
  ]);
};

/**
 * An approval, folded: `pending -> approved -> consumed`, `pending -> denied | expired | cancelled | superseded`,
 * `approved -> expired | cancelled | superseded`. Superseded: the policy or the tool's definition changed under it.
 */
export const Approval = approvalOf(Call);
export type Approval = z.infer<typeof Approval>;
/** The same as its events have it: large arguments stand elsewhere. */
export const StoredApproval = approvalOf(StoredCall);
export type StoredApproval = z.infer<typeof StoredApproval>;
export const ApprovalStatus = z.enum(Approval.options.map(({ shape }) => shape.status.value));
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

export const ApprovalChanged = z.strictObject({
  approval: StoredApproval.describe('the approval, folded: its whole state after this event'),
  source: z
    .string()
    .optional()
    .describe('where a wrong code came from, on `denied` and `code_refused`; it limits guessing'),
});
export type ApprovalChanged = z.infer<typeof ApprovalChanged>;

export const RequestApproval = z.strictObject({
  call: Call,
  dry_run_id: DryRunId.optional(),
  reasons: z.array(z.string().max(2_000)).max(20),
  reason: Note.optional(),
  rule: MatchedRule.optional(),
  policy_digest: Digest.optional(),
  terms: ApprovalTerms.optional(),
  ruled: Ruled.optional(),
  ...beside,
  /** Somebody has to look at this very call: no grant answers for it. */
  no_grant: z.literal(true).optional(),
});
export type RequestApproval = z.infer<typeof RequestApproval>;

/** Is there an approval under this key that speaks for or against this very call? */
export const StandingApproval = z.strictObject({ call: Call, dry_run_id: DryRunId });
export const StandingReply = z.strictObject({ approval: Approval.optional() });

/**
 * What a list shows of an approval: all but its arguments, of which `args_preview` is the start, on one line, and after them
 * what else the server gets.
 */
export type ApprovalSummary = Omit<Call, 'args' | 'input' | 'definition_digest'> &
  Pick<Approval, 'approval_id' | 'status' | 'reasons' | 'requested_at' | 'decide_by'> & {
    /** The agent's own words: untrusted. */
    reason?: string;
    args_preview: string;
    args_bytes: number;
    use_by?: string;
    /** When it came to its present state. */
    changed_at: string;
    decided_by?: string;
    /** Why it ended so, where somebody said why. */
    because?: string;
    endorsements: Endorsement[];
    quorum: number;
    approvers?: string[];
    grant_id?: string;
  };

/**
 * An approval, or why none was made: the caller's own limit of waiting ones, in words for people. `nobody`: there is neither
 * an approver nor a code yet.
 */
export const RequestReply = z.strictObject({
  approval: Approval.optional(),
  refused: z.string().optional(),
  nobody: z.boolean().optional(),
});
export type RequestReply = z.infer<typeof RequestReply>;

/** A state of an approval: its place in the log, another one after each change. */
export const Revision = z.int().min(1);

/** `revision`: the state that this is. */
export const ApprovalReply = z.strictObject({ approval: Approval, revision: Revision.optional() });

/** Who decides: an approver's own key, or the code. `source` is where it came from, for the limit on wrong ones. */
export const Credential = z.strictObject({
  secret: z.string().min(1).max(1024),
  source: z.string().max(200),
});
export type Credential = z.infer<typeof Credential>;

export const Verdict = z.enum(['approve', 'deny']);
export type Verdict = z.infer<typeof Verdict>;

/**
 * One person's word on an approval, by whichever door it comes; with `revision` it counts only for that state. A door adds
 * who says it and of which approval, and may ask for more of this. It has no field of its own.
 */
export const Word = z.strictObject({
  verdict: Verdict,
  reason: Note.optional(),
  revision: Revision.optional(),
});
export type Word = z.infer<typeof Word>;

/** The same on the bus. `id` is an approval id or a run key. */
export const DecideApproval = z.strictObject({
  id: z.string().min(1).max(200),
  ...Word.shape,
  credential: Credential,
});
export type DecideApproval = z.infer<typeof DecideApproval>;

export const WhoAsked = z.strictObject({ credential: Credential });
/** Whose a credential is, and by what else rules may name them. */
export const WhoReply = z.strictObject({ name: z.string(), roles: z.array(z.string()) });
export type WhoReply = z.infer<typeof WhoReply>;

/** `counted: false`: nothing changed, the approval stands as it is, and `because` says why, for people. */
export const DecideReply = z.strictObject({
  approval: Approval,
  revision: Revision,
  counted: z.boolean(),
  because: z.string().optional(),
});
export type DecideReply = z.infer<typeof DecideReply>;

/** What stands under an asker's own key, whatever its call. */
export const OwnApproval = z.strictObject({ dry_run_id: DryRunId, principal: Principal });
export type OwnApproval = z.infer<typeof OwnApproval>;

/** Uses up an approval and records the decision that it allows, in one atomic batch. */
export const ConsumeApproval = z.strictObject({
  approval_id: ApprovalId,
  call: Call,
  decision: Envelope,
  /** What the rule says now about who decides: an approval under other terms does not open the call. */
  terms: ApprovalTerms.optional(),
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

/** How an approval stands and no more: whoever holds a call asks several times a second, however large the call is. */
export const LookAtApproval = z.strictObject({ approval_id: ApprovalId });
export const ApprovalStatusReply = z.strictObject({ status: ApprovalStatus });

/** `principal`: only what this caller asked; of others there is nothing. */
export const GetApproval = z.strictObject({
  id: z.string().min(1).max(200),
  principal: Principal.optional(),
});
export const ListApprovals = z.strictObject({
  principal: Principal.optional(),
  status: ApprovalStatus.optional(),
  limit: z.int().min(1).max(500),
  before: z.string().optional(),
});
/** An approval that is on record and can't be read whole: what can be of it stands in the list, without its arguments. */
export const Unreadable = z.strictObject({
  approval_id: ApprovalId,
  because: z.string().describe('what can not be read, and why, for people'),
});
export type Unreadable = z.infer<typeof Unreadable>;
export const ListApprovalsReply = z.strictObject({
  approvals: z.array(Approval),
  unreadable: z.array(Unreadable).optional(),
  next: z.string().optional(),
});

export const approvalsRequest = rpc('approvals', 'request', RequestApproval, RequestReply, {
  askedBy: ['enforcer', 'mcp'],
});
export const approvalsStanding = rpc('approvals', 'standing', StandingApproval, StandingReply, {
  askedBy: ['enforcer'],
});
export const approvalsOwn = rpc('approvals', 'own', OwnApproval, StandingReply, { askedBy: ['mcp'] });
export const approvalsDecide = rpc('approvals', 'decide', DecideApproval, DecideReply, {
  askedBy: ['gateway'],
});
export const approvalsWho = rpc('approvals', 'who', WhoAsked, WhoReply, {
  askedBy: ['gateway'],
});
export const approvalsConsume = rpc('approvals', 'consume', ConsumeApproval, ConsumeReply, {
  askedBy: ['enforcer'],
});
export const approvalsCancel = rpc('approvals', 'cancel', CancelApproval, ApprovalReply, {
  askedBy: ['gateway', 'mcp'],
});
export const approvalsGet = rpc('approvals', 'get', GetApproval, ApprovalReply, {
  askedBy: ['gateway', 'mcp'],
});
export const approvalsStatus = rpc('approvals', 'status', LookAtApproval, ApprovalStatusReply, {
  askedBy: ['mcp'],
});
export const approvalsList = rpc('approvals', 'list', ListApprovals, ListApprovalsReply, {
  askedBy: ['gateway'],
});
