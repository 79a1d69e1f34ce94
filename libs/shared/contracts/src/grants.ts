import { z } from 'zod';
import { ApprovalId, Credential, GrantId, Revision } from './approvals.ts';
import { APART, isEither } from './bodies.ts';
import { AmountCents, CallInput, Digest, Note, Op, Principal, Timestamp, ToolName } from './call.ts';
import { MatchedRule } from './decision.ts';
import { LEAST_GRANT_MINUTES, MOST_GRANT_MINUTES, minutesToMs } from './grant-minutes.ts';
import { KeyMark } from './key-mark.ts';
import { rpc } from './rpc.ts';
import { ApprovalTerms } from './terms.ts';
import { whole } from './tolerant.ts';

const text = z.string().min(1).max(4096);
const EXPECTED_PATTERN =
  'expected an object with one of equals, any, starts_with, path_within, url_within, host_in, email_domain_in and at_most, or at_least beside at_most';

/**
 * What one argument may be. `any`: anything, or not there at all. The others: there, and as it says; those for places are
 * the policy's own conditions. What `starts_with`, and `at_most` alone, cover of before is said by `asCovered`.
 */
export const ArgumentPattern = whole(
  z.union(
    [
      z.strictObject({ equals: z.unknown() }),
      z.strictObject({ any: z.literal(true) }),
      z.strictObject({ starts_with: text }),
      z.strictObject({ path_within: text }),
      z.strictObject({ url_within: text }),
      z.strictObject({ host_in: text }),
      z.strictObject({ email_domain_in: text }),
      z.strictObject({ at_least: z.number(), at_most: z.number() }),
      z.strictObject({ at_most: z.number() }),
    ],
    EXPECTED_PATTERN,
  ),
);
export type ArgumentPattern = z.infer<typeof ArgumentPattern>;

/** Calls like these. An argument that is not named here is not covered: a call that has one is another call. */
export const CallPattern = whole(
  z.strictObject({
    tool: ToolName.describe("the tool's name"),
    server: ToolName.optional().describe('the MCP server'),
    definition_digest: Digest.optional().describe("SHA-256 of the tool's definition"),
    op: Op.optional().describe('what it does there'),
    max_amount_cents: AmountCents.optional().describe('without it, only calls without an amount'),
    args: z.record(z.string(), ArgumentPattern).optional().describe('what each may be; there is no other'),
    input: CallInput.optional().describe('what else the server gets, exactly; without it, nothing'),
  }),
);
export type CallPattern = z.infer<typeof CallPattern>;
/** The same as events have it: where it is large, it stands elsewhere. */
export const StoredPattern = whole(z.strictObject({ ...CallPattern.shape, ...APART }).refine(isEither));
export type StoredPattern = z.infer<typeof StoredPattern>;

/** A grant for a while: for this agent, calls like these run without a person, under the terms that it was given under. */
export const Grant = z.strictObject({
  grant_id: GrantId.describe('`gra_` and 26 characters'),
  principal: Principal.describe('the agent that it is for'),
  pattern: CallPattern,
  terms: ApprovalTerms.optional().describe('what the rule said of who decides; it counts under these only'),
  policy_digest: Digest.optional().describe('the policy that it was given under'),
  rule: MatchedRule.optional().describe(
    'the rule that had asked; it counts where that one asks, wherever it stands',
  ),
  approval_id: ApprovalId.describe('the approval that it was made from'),
  granted_by: Principal.describe('who gave it'),
  by_key: KeyMark.optional(),
  granted_at: Timestamp.describe('when'),
  reason: Note.optional().describe('what they said why'),
  expires_at: Timestamp.describe('until when it counts'),
  uses: z.int().min(0).describe('how often it has approved a call'),
  last_used_at: Timestamp.optional().describe('when it did so last'),
  revoked_at: Timestamp.optional().describe('when it was taken back'),
  revoked_by: Principal.optional().describe('who took it back'),
  revoked_because: z.string().optional().describe('why, where it was no person'),
});
export type Grant = z.infer<typeof Grant>;
/** The same as its events have it. */
export const StoredGrant = Grant.extend({ pattern: StoredPattern });
export type StoredGrant = z.infer<typeof StoredGrant>;

/**
 * One person's word that approves a call, and calls like it for a while, by whichever door it comes. Without `pattern`, the
 * same call, up to its amount. A door adds who says it and of which approval, and may ask for more of this.
 */
export const GrantWord = z.strictObject({
  minutes: z.int().min(LEAST_GRANT_MINUTES).max(MOST_GRANT_MINUTES),
  pattern: CallPattern.optional(),
  reason: Note.optional(),
  revision: Revision.optional(),
});
export type GrantWord = z.infer<typeof GrantWord>;

const { minutes: _, ...untimed } = GrantWord.shape;

/** The same on the bus, where times are in milliseconds. */
export const GiveGrant = z.strictObject({
  /** Its own id, or the run key where that never named another call. */
  approval_id: z.string().min(1).max(200),
  for_ms: z.int().min(minutesToMs(LEAST_GRANT_MINUTES)).max(minutesToMs(MOST_GRANT_MINUTES)),
  ...untimed,
  credential: Credential,
});
export type GiveGrant = z.infer<typeof GiveGrant>;
/** How the bus says what was said in minutes. */
export const onTheBus = <W extends Pick<GrantWord, 'minutes'>>({ minutes, ...word }: W) => ({
  ...word,
  for_ms: minutesToMs(minutes),
});
/** A grant as it is shown: with the sentence of what it covers, and what keeps it from letting anything run. */
export const GrantShown = Grant.extend({
  covers: z.string().optional().describe('what it covers, as a sentence'),
  over_because: z
    .string()
    .optional()
    .describe('why it counts no more, whatever else it says; absent where it counts'),
  idle_because: z.string().optional().describe('why it lets no call run now, though it counts'),
});
export type GrantShown = z.infer<typeof GrantShown>;
export const GrantReply = z
  .strictObject({ grant: GrantShown })
  .meta({ id: 'GrantReply', description: 'A grant' });
export const approvalsGrant = rpc('approvals', 'grant', GiveGrant, GrantReply, { askedBy: ['gateway'] });

/** Newest first. `active`: those that count now, or those that no longer do. */
export const ListGrants = z.strictObject({ active: z.boolean().optional(), credential: Credential });
export const ListGrantsReply = z
  .strictObject({ grants: z.array(GrantShown) })
  .meta({ id: 'Grants', description: 'Grants, newest first' });
export const approvalsGrants = rpc('approvals', 'grants', ListGrants, ListGrantsReply, {
  askedBy: ['gateway'],
});

export const RevokeGrant = z.strictObject({ grant_id: GrantId, credential: Credential });
export const approvalsRevoke = rpc('approvals', 'revoke', RevokeGrant, GrantReply, { askedBy: ['gateway'] });
