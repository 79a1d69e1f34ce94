import type { Approval, Verdict } from '@aegis/contracts/approvals';
import { isBlank } from '@aegis/kit/text';
import { type ApprovalDecision, happened } from './approval-event.ts';
import { type Approver, isSamePerson, questionOf, whyNot, whyNoYes } from './approver.ts';

type Pending = Extract<Approval, { status: 'pending' }>;

/** One person's word on an approval that waits. */
export type Vote = {
  now: Date;
  by: Approver;
  verdict: Verdict;
  reason?: string | undefined;
  /** In milliseconds, where the rule does not say. */
  useWithinMs: number;
  /** Who said yes and is no approver for this any more: their word counts no longer. */
  gone?: readonly string[];
};

/** What a denial says where nobody said why. */
const NO_REASON = 'no reason was given';

export const quorumOf = ({ terms }: Pick<Approval, 'terms'>): number => terms?.quorum ?? 1;

/** Until when a call that is approved now may be run. */
export const useBy = ({ terms }: Pick<Approval, 'terms'>, now: Date, useWithinMs: number): string =>
  new Date(now.getTime() + (terms?.use_within_ms ?? useWithinMs)).toISOString();

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

function endorse(state: Pending, { now, by, reason, useWithinMs, gone = [] }: Vote): ApprovalDecision {
  const earlier = (state.endorsements ?? []).filter((one) => !gone.includes(one.by));
  const quorum = quorumOf(state);
  if (earlier.some((one) => isSamePerson(one.by, by.name))) {
    return { because: `${by.name} has said yes already; it takes ${people(quorum)}` };
  }
  const at = now.toISOString();
  const endorsements = [...earlier, { by: by.name, at, reason }];
  if (endorsements.length < quorum) return happened('endorsed', { ...state, endorsements });
  return happened('approved', {
    ...state,
    status: 'approved',
    ...(quorum > 1 ? { endorsements } : {}),
    decided_at: at,
    decided_by: by.name,
    decision_reason: reason,
    use_by: useBy(state, now, useWithinMs),
  });
}

const deny = (state: Pending, { now, by, reason }: Vote): ApprovalDecision =>
  happened('denied', {
    ...state,
    status: 'denied',
    decided_at: now.toISOString(),
    decided_by: by.name,
    decision_reason: reason,
    denied_because: reason ?? NO_REASON,
  });

/** Different people count once each, up to the rule's quorum; one denial ends it. */
export function vote(given: Vote, state: Pending): ApprovalDecision {
  const why = given.verdict === 'approve' ? whyNoYes : whyNot;
  const because = why(given.by, questionOf(state));
  if (because !== undefined) return { because, fault: 'not_an_approver' };
  const reason = given.reason === undefined || isBlank(given.reason) ? undefined : given.reason.trim();
  if (state.terms?.require_reason && reason === undefined) {
    return { because: 'reason: this rule asks for one', fault: 'invalid_request' };
  }
  const meant = { ...given, reason };
  return given.verdict === 'deny' ? deny(state, meant) : endorse(state, meant);
}
