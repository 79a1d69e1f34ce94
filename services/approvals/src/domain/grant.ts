import { type Approval, asRuled, QUESTION_TOOL } from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';
import type { GRANT_EVENTS } from '@aegis/contracts/events';
import type { CallPattern, Grant, StoredGrant } from '@aegis/contracts/grants';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { type Approver, noApprover } from './approver.ts';
import { matchesPattern, patternOf, whyNotCovered } from './call-pattern.ts';
import type { Decider, Decision } from './decider.ts';
import { faultOfPattern } from './pattern-fault.ts';
import { sameTerms } from './terms.ts';
import { markOf, quorumOf } from './vote.ts';

type GrantEventType = (typeof GRANT_EVENTS)[number];
/** What happened to a grant, with the state after it. */
export type GrantEvent = {
  readonly type: GrantEventType;
  readonly data: { readonly grant: Grant; readonly approval_id?: string | undefined };
};

/** What somebody wants of a grant; `now` is the later of the clock and the newest event's time. */
export type GrantCommand = { now: Date } & (
  | {
      type: 'give';
      grant_id: string;
      by: Approver;
      /** The one that is approved with it, and is like the calls that it answers for. */
      approval: Approval;
      pattern?: CallPattern | undefined;
      for_ms: number;
      reason?: string | undefined;
    }
  /** `overBecause`: why it does not count any more, where what it stands on is another one by now. */
  | { type: 'use'; approval_id: string; asked: AskedOfGrant; overBecause: string | undefined }
  /** `because`: why, where it is no person who ends it. */
  | { type: 'revoke'; by: string; because?: string | undefined }
);

/** What is asked of a grant: the call as its rule sees it, and what that rule says of who decides. */
export type AskedOfGrant = {
  readonly call: Call;
  readonly terms?: ApprovalTerms | undefined;
};

/** Whether it counts at this time; the last millisecond is still in time. */
export const isActive = ({ revoked_at, expires_at }: StoredGrant, now: Date): boolean =>
  revoked_at === undefined && now.getTime() <= Date.parse(expires_at);

/** Why a grant counts no more: it stands on who gave it, too. Undefined where it counts. */
export function whyOver(
  grant: StoredGrant,
  now: Date,
  { isApprover }: { isApprover: boolean },
): string | undefined {
  const { granted_by, revoked_at, revoked_by, revoked_because } = grant;
  if (revoked_at !== undefined) return revoked_because ?? `revoked by ${revoked_by ?? 'somebody'}`;
  if (!isActive(grant, now)) return 'its time is over';
  return isApprover ? undefined : noApprover(granted_by);
}

/** Why no grant can be given for calls like this one; undefined where one can. */
export function whyNoGrant(approval: Pick<Approval, 'terms' | 'call'>): string | undefined {
  if (approval.call.tool === QUESTION_TOOL) return 'it is a question without a call';
  const quorum = quorumOf(approval);
  return quorum === 1 ? undefined : `this rule takes ${quorum} people, and a grant would be the word of one`;
}

/** Whether it is for calls of this agent and this tool, under the same terms, now. */
const isFor = (grant: StoredGrant, { call, terms }: AskedOfGrant, now: Date): boolean =>
  isActive(grant, now) &&
  grant.principal === call.principal &&
  grant.pattern.tool === call.tool &&
  sameTerms(grant.terms, terms);

/** Whether it answers for this call of its agent, under the same terms, now. */
export const answersFor = (grant: Grant, asked: AskedOfGrant, now: Date): boolean =>
  isFor(grant, asked, now) && matchesPattern(grant.pattern, asked.call);

/** Whether it may answer for this call: one whose pattern stands elsewhere has to be read for more. */
export const mayAnswerFor = (grant: StoredGrant, asked: AskedOfGrant, now: Date): boolean =>
  isWhole(grant) ? answersFor(grant, asked, now) : isFor(grant, asked, now);

export const isWhole = (grant: StoredGrant): grant is Grant =>
  grant.pattern.args_body === undefined && grant.pattern.input_body === undefined;

/** A grant for calls like this one, or the pattern's, which must cover it: of the same server, and the same definition. */
function give(command: Extract<GrantCommand, { type: 'give' }>): Decision<GrantEvent> {
  const { now, grant_id, by, approval, for_ms, reason } = command;
  const because = whyNoGrant(approval);
  if (because !== undefined) return { because: `approval_id: ${because}`, fault: 'invalid_request' };
  const call = asRuled(approval);
  const own = patternOf(call);
  const pattern = command.pattern
    ? {
        ...command.pattern,
        server: own.server ?? command.pattern.server,
        definition_digest: own.definition_digest ?? command.pattern.definition_digest,
      }
    : own;
  const fault = faultOfPattern(pattern, call.args ?? {});
  if (fault !== undefined) return { because: fault, fault: 'invalid_request' };
  const notCovered = whyNotCovered(pattern, call);
  if (notCovered !== undefined) {
    const what = 'pattern: does not cover the call that it is given for';
    return { because: `${what}: ${notCovered}`, fault: 'invalid_request' };
  }
  const { terms, approval_id, policy_digest, rule } = approval;
  const grant: Grant = {
    grant_id,
    principal: call.principal,
    pattern,
    terms,
    policy_digest,
    // What of a rule this version knows: a grant is a record of its own, and carries on nobody else's.
    rule: rule && { index: rule.index, match: rule.match },
    approval_id,
    granted_by: by.name,
    ...markOf(by),
    granted_at: now.toISOString(),
    reason,
    expires_at: new Date(now.getTime() + for_ms).toISOString(),
    uses: 0,
  };
  return { event: { type: 'aegis.grant.given.v1', data: { grant } } };
}

function use(command: Extract<GrantCommand, { type: 'use' }>, grant: Grant): Decision<GrantEvent> {
  const { now, approval_id, asked, overBecause } = command;
  if (overBecause !== undefined) return { because: `Grant ${grant.grant_id} is over: ${overBecause}` };
  if (!answersFor(grant, asked, now)) {
    return { because: `Grant ${grant.grant_id} does not answer for this call` };
  }
  const used = { ...grant, uses: grant.uses + 1, last_used_at: now.toISOString() };
  return { event: { type: 'aegis.grant.used.v1', data: { grant: used, approval_id } } };
}

function revoke(
  { now, by, because }: Extract<GrantCommand, { type: 'revoke' }>,
  grant: Grant,
): Decision<GrantEvent> {
  if (!isActive(grant, now)) return { because: `Grant ${grant.grant_id} is over already` };
  const ended = { revoked_at: now.toISOString(), revoked_by: by, revoked_because: because };
  const revoked = { ...grant, ...ended };
  return { event: { type: 'aegis.grant.revoked.v1', data: { grant: revoked } } };
}

/** A grant's rules: given once, used as long as it counts and answers, revoked for good. */
export const grants: Decider<Grant, GrantCommand, GrantEvent> = {
  decide(command, state) {
    if (command.type === 'give') {
      return state ? { because: `Grant ${state.grant_id} exists` } : give(command);
    }
    if (!state) return { because: 'There is no such grant' };
    return command.type === 'use' ? use(command, state) : revoke(command, state);
  },
  evolve: (_, { data }) => data.grant,
};
