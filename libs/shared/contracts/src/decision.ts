import { belongElsewhere } from '@aegis/kit/errors';
import { z } from 'zod';
import {
  AmountCents,
  Call,
  CallId,
  CallInput,
  ClientInfo,
  Currency,
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
export const MatchedRule = z.strictObject({
  index: z.int().min(0).describe('its place in the policy, from 0'),
  match: z.string().describe('its pattern'),
});
export type MatchedRule = z.infer<typeof MatchedRule>;

/**
 * What decides where no rule can: `own-reach` denies what reaches the firewall's own, `own-mention` asks a person,
 * `own-name` refuses a server's question in our name. `by-default` allows what no rule is about: known methods,
 * and what a client can be asked.
 */
const BuiltIn = z
  .string()
  .min(1)
  .max(64)
  .describe('the built-in ruling that decided, whatever the rules say');

/** An advisory question: what would the policy say? Nothing is recorded for good. */
export const CheckRequest = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  input: CallInput.optional(),
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
export const CheckReply = z
  .strictObject({
    decision: z.enum(['allow', 'review', 'deny']),
    allowed: z.boolean(),
    approval_required: z.boolean(),
    reasons: z.array(z.string()),
    rule: MatchedRule.optional(),
    built_in: BuiltIn.optional(),
    /** What the rule took from the arguments, where it says that they come from there. */
    op: Op.optional(),
    amount_cents: AmountCents.optional(),
    /** The currency that a rule which names one read in the arguments. */
    currency: Currency.optional(),
    /** What the deciding rule says about who approves; never beside a denial. */
    terms: ApprovalTerms.optional(),
    policy_digest: Digest,
    policy_version: z.union([z.literal(1), z.literal(2)]),
  })
  .meta({ id: 'CheckReply', description: "The policy's answer" });
export type CheckReply = z.infer<typeof CheckReply>;
export const policyCheck = rpc('policy', 'check', CheckRequest, CheckReply, {
  askedBy: ['gateway', 'enforcer', 'mcp'],
});

/** So many advisory questions go together at most. */
export const MOST_CHECKS = 16;

/** What one asker has to check at the same moment, each answered at its place. */
export const ChecksRequest = z.strictObject({ checks: z.array(CheckRequest).min(1).max(MOST_CHECKS) });
export const ChecksReply = z.strictObject({ replies: z.array(CheckReply).min(1).max(MOST_CHECKS) });
export const policyChecks = rpc('policy', 'checks', ChecksRequest, ChecksReply, { askedBy: ['gateway'] });

/** The call through the firewall in the path that a decision stands for; a decision with one is its dispatch too. */
export const Dispatch = z.strictObject({
  call_id: CallId.describe('the call; its end names it too'),
  instance: InstanceId.describe('the run of the firewall that sends it; it is at `aegis.alive.<instance>`'),
  server: ServerName.describe('the MCP server, by its name behind the firewall'),
  method: z.string().min(1).max(200).describe('the MCP method, such as `tools/call`'),
});
export type Dispatch = z.infer<typeof Dispatch>;

/** What goes with a decision beyond the call itself. */
const origin = {
  client: ClientInfo.optional().describe('what the MCP client says of itself'),
  door: Door.optional().describe('`resource:<uri>` or `prompt:<name>`, where it is not a tool that is used'),
  dispatch: Dispatch.optional().describe('the call that the firewall now sends, where it is allowed'),
  recorded_args: z.unknown().optional().describe('the arguments, where kept: whole or without secrets'),
  recorded_input: z.unknown().optional().describe('what else the server got, where kept: in the same way'),
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

export const EnforceReply = z
  .strictObject({
    allowed: z.boolean().describe('whether the call may run now'),
    approval_required: z.boolean().describe('whether a person has to approve it first'),
    status: Outcome.describe('what was answered'),
    reasons: z.array(z.string()).describe('why it is not simply allowed'),
    approval_id: z
      .string()
      .optional()
      .describe('the approval that it waits for, or was allowed or denied by'),
    dry_run_id: DryRunId.optional().describe("the caller's key for this call, or the one made for it"),
    run_key: DryRunId.optional().describe(
      'the same by its newer name, in what a caller is answered; the record has the older one',
    ),
    trace_id: TraceId.describe('the trace of the decision'),
    decision_id: DecisionId.optional().describe('the `id` of the decision event that this answer is'),
    replayed: z
      .boolean()
      .optional()
      .describe('true where this key was answered before: one key is one call, not one more'),
  })
  .meta({ id: 'EnforceReply', description: 'Allowed, pending or blocked: on record' });
export type EnforceReply = z.infer<typeof EnforceReply>;
export const enforce = rpc('enforcer', 'enforce', EnforceRequest, EnforceReply, {
  askedBy: ['gateway', 'mcp'],
});

/** A call as the record keeps it: everything a later reader needs to decide again. */
export const RecordedCall = z.strictObject({
  tool: ToolName.describe("the tool's name"),
  op: Op.optional().describe('what it does there, as its rule took it'),
  amount_cents: AmountCents.optional().describe('the amount, in cents, as its rule took it'),
  currency: Currency.optional().describe('its currency, where its rule names one and read it'),
  args_digest: Digest.optional().describe('SHA-256 of the arguments, in their place'),
  input_digest: Digest.optional().describe('SHA-256 of what else the server got, in its place'),
  server: ToolName.optional().describe('the MCP server'),
  definition_digest: Digest.optional().describe("SHA-256 of the tool's definition"),
  principal: Principal.describe('who calls'),
  call_digest: Digest.describe('SHA-256 of the whole call in its RFC 8785 form'),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

export const DecisionEnforced = z.strictObject({
  ...origin,
  call: RecordedCall.describe('the call, without its arguments'),
  outcome: Outcome.describe('what was answered'),
  reasons: z.array(z.string()).describe('why it is not simply allowed; empty where it is'),
  rule: MatchedRule.optional().describe('the rule that decided'),
  built_in: BuiltIn.optional(),
  policy_digest: Digest.describe('the policy that decided'),
  policy_version: z.union([z.literal(1), z.literal(2)]).describe('of its format'),
  ruled_at: Timestamp.describe('when the policy was asked'),
  approval_id: z.string().optional().describe('the approval that it waits for, or was allowed or denied by'),
  dry_run_id: DryRunId.optional().describe("the caller's key for this call, or the one made for it"),
  idempotency_digest: z.string().optional().describe('the `key_digest` of the answer that a retry gets'),
  caller_traceparent: Traceparent.optional().describe("the caller's own trace, where it sent one"),
  via: Via.describe('where it came in, `wrap` and `proxy` through the firewall in the path'),
});
export type DecisionEnforced = z.infer<typeof DecisionEnforced>;

/** What is said of arguments that come with a check. */
export const NO_ARGUMENTS = belongElsewhere(
  [
    ['args', 'meta'],
    'a check sees no arguments and no meta, so it says what holds whatever they are; an enforce takes them',
  ],
  [['currency'], 'it stands in the arguments, of which a check sees none; an enforce takes args.currency'],
);
