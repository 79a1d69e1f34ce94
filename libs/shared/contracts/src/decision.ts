import { z } from 'zod';
import {
  AmountCents,
  Call,
  CallId,
  ClientInfo,
  Digest,
  Door,
  DryRunId,
  IdempotencyKey,
  InstanceId,
  Note,
  Op,
  Principal,
  ServerName,
  Timestamp,
  ToolName,
  TraceId,
  Via,
} from './call.ts';
import { Traceparent } from './envelope.ts';
import { rpc } from './rpc.ts';
import { ApprovalTerms } from './terms.ts';

/** Which rule decided: its place in the policy and its pattern. */
export const MatchedRule = z.strictObject({ index: z.int().min(0), match: z.string() });
export type MatchedRule = z.infer<typeof MatchedRule>;

/** An advisory question: what would the policy say? Nothing is recorded for good. */
export const CheckRequest = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  server: ToolName.optional(),
  principal: Principal,
  client: ClientInfo.optional(),
  door: Door.optional(),
  via: Via,
  /** The asker records the decision itself; it is not announced as an advisory check. */
  on_record: z.literal(true).optional(),
});
export type CheckRequest = z.infer<typeof CheckRequest>;

/** The policy's answer, with what it takes to replay it. */
export const CheckReply = z.strictObject({
  decision: z.enum(['allow', 'review', 'deny']),
  allowed: z.boolean(),
  approval_required: z.boolean(),
  reasons: z.array(z.string()),
  rule: MatchedRule.optional(),
  /** What the rule took from the arguments, where it says that they come from there. */
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  /** What the deciding rule says about who approves; never beside a denial. */
  terms: ApprovalTerms.optional(),
  policy_digest: Digest,
  policy_version: z.union([z.literal(1), z.literal(2)]),
});
export type CheckReply = z.infer<typeof CheckReply>;
export const policyCheck = rpc('policy', 'check', CheckRequest, CheckReply, {
  askedBy: ['gateway', 'enforcer', 'mcp'],
});

/** The call through the firewall in the path that a decision stands for; a decision with one is its dispatch too. */
export const Dispatch = z.strictObject({
  call_id: CallId,
  /** Which run of the firewall sends it: answers on `aegis.alive.<instance>` as long as it lives. */
  instance: InstanceId,
  server: ServerName,
  /** The MCP method, such as `tools/call`. */
  method: z.string().min(1).max(200),
});
export type Dispatch = z.infer<typeof Dispatch>;

/** What goes with a decision beyond the call itself. */
const origin = {
  client: ClientInfo.optional(),
  door: Door.optional(),
  dispatch: Dispatch.optional(),
  /** The arguments as the record keeps them, where it does: whole or redacted. Digests are of the original. */
  recorded_args: z.unknown().optional(),
};

/** May this call run now? */
export const EnforceRequest = z.strictObject({
  ...origin,
  call: Call,
  /** Ask a person where a rule allows the call, and say why: its tool's definition has changed, for one. */
  review_because: z.array(z.string().max(2_000)).min(1).max(20).optional(),
  dry_run_id: DryRunId.optional(),
  idempotency_key: IdempotencyKey.optional(),
  reason: Note.optional(),
  via: Via,
});
export type EnforceRequest = z.infer<typeof EnforceRequest>;

/** The `id` of a decision's event. */
export const DecisionId = z.string().min(1).max(128);

export const Outcome = z.enum(['allowed', 'pending', 'blocked']);
export type Outcome = z.infer<typeof Outcome>;

export const EnforceReply = z.strictObject({
  allowed: z.boolean(),
  approval_required: z.boolean(),
  status: Outcome,
  reasons: z.array(z.string()),
  approval_id: z.string().optional(),
  dry_run_id: DryRunId.optional(),
  trace_id: TraceId,
  /** The `id` of the decision event that this answer is. */
  decision_id: DecisionId.optional(),
});
export type EnforceReply = z.infer<typeof EnforceReply>;
export const enforce = rpc('enforcer', 'enforce', EnforceRequest, EnforceReply, {
  askedBy: ['gateway', 'mcp'],
});

/** A call as the record keeps it: everything a later reader needs to decide again. */
export const RecordedCall = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  args_digest: Digest.optional(),
  server: ToolName.optional(),
  definition_digest: Digest.optional(),
  principal: Principal,
  call_digest: Digest,
});
export type RecordedCall = z.infer<typeof RecordedCall>;

/**
 * `aegis.decision.enforced.v1`: an answered enforce, or a call through the firewall in the path. Stored before it is
 * answered, and before the call's server sees it.
 */
export const DecisionEnforced = z.strictObject({
  ...origin,
  call: RecordedCall,
  outcome: Outcome,
  reasons: z.array(z.string()),
  rule: MatchedRule.optional(),
  policy_digest: Digest,
  policy_version: z.union([z.literal(1), z.literal(2)]),
  ruled_at: Timestamp,
  approval_id: z.string().optional(),
  dry_run_id: DryRunId.optional(),
  idempotency_digest: z.string().optional(),
  caller_traceparent: Traceparent.optional(),
  via: Via,
});
export type DecisionEnforced = z.infer<typeof DecisionEnforced>;

/** `aegis.decision.checked.v1`: an advisory check, on a bounded stream in memory. */
export const DecisionChecked = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  principal: Principal,
  outcome: z.enum(['allowed', 'review', 'blocked']),
  reasons: z.array(z.string()),
  rule: MatchedRule.optional(),
  policy_digest: Digest,
  via: Via,
});
export type DecisionChecked = z.infer<typeof DecisionChecked>;

/** `aegis.idempotency.answered.v1`: the answer once given for a key, so that a retry gets the same one. */
export const IdempotencyAnswered = z.strictObject({
  call_digest: Digest,
  reply: EnforceReply,
});
export type IdempotencyAnswered = z.infer<typeof IdempotencyAnswered>;
