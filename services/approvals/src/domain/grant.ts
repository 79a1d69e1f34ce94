import type { Call } from '@aegis/contracts/call';
import type { MatchedRule } from '@aegis/contracts/decision';
import type { Grant } from '@aegis/contracts/grants';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { matchesPattern } from './call-pattern.ts';
import { sameTerms } from './terms.ts';

export type GrantEventName = 'given' | 'used' | 'revoked';
/** What happened to a grant, with the state after it. */
export type GrantEvent = { name: GrantEventName; grant: Grant };
export type GrantDecision = { event: GrantEvent } | { because: string };

/** Whether it counts at this time; the last millisecond is still in time. */
export const isActive = ({ revoked_at, expires_at }: Grant, now: Date): boolean =>
  revoked_at === undefined && now.getTime() <= Date.parse(expires_at);

/** What is asked of a grant: the call as its rule sees it, and what the rule says of who decides. */
export type AskedOfGrant = {
  readonly call: Call;
  readonly terms?: ApprovalTerms | undefined;
  readonly rule?: MatchedRule | undefined;
};

/** Whether it answers for this call of its agent, under the same rule and the same terms, now. */
export const answersFor = (grant: Grant, { call, terms, rule }: AskedOfGrant, now: Date): boolean =>
  isActive(grant, now) &&
  grant.principal === call.principal &&
  grant.rule?.index === rule?.index &&
  sameTerms(grant.terms, terms) &&
  matchesPattern(grant.pattern, call);

export function use(grant: Grant, asked: AskedOfGrant, now: Date): GrantDecision {
  if (!answersFor(grant, asked, now))
    return { because: `Grant ${grant.grant_id} does not answer for this call` };
  const used = { uses: grant.uses + 1, last_used_at: now.toISOString() };
  return { event: { name: 'used', grant: { ...grant, ...used } } };
}

export function revoke(grant: Grant, by: string, now: Date): GrantDecision {
  if (!isActive(grant, now)) return { because: `Grant ${grant.grant_id} is over already` };
  return { event: { name: 'revoked', grant: { ...grant, revoked_at: now.toISOString(), revoked_by: by } } };
}
