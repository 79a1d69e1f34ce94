import type { Approval, Verdict } from '@aegis/contracts/approvals';
import { isBlank } from '@aegis/kit/text';
import { type ApprovalDecision, happened } from './approval-event.ts';
import { type Approver, isSamePerson, questionOf, whyNot, whyNoYes } from './approver.ts';
import type { Nothing } from './decider.ts';
import { type CodeEnd, endCode } from './former-codes.ts';

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
  /** When the code was drawn that says it, where one does. */
  codeDrawnAt?: string;
};

/** One person's yes, which a code of theirs is to say. */
export type Draw = Pick<Vote, 'now' | 'by' | 'reason' | 'gone'> & {
  /** What is kept of the code. */
  digest: string;
  /** How long it can be redeemed, in milliseconds, and no longer than the approval can be decided. */
  withinMs: number;
};

/** What a denial says where nobody said why. */
const NO_REASON = 'no reason was given';

export const quorumOf = ({ terms }: Pick<Approval, 'terms'>): number => terms?.quorum ?? 1;

/** Until when a call that is approved now may be run. */
export const useBy = ({ terms }: Pick<Approval, 'terms'>, now: Date, useWithinMs: number): string =>
  new Date(now.getTime() + (terms?.use_within_ms ?? useWithinMs)).toISOString();

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

/** What was asked, of an approval that comes to its end: codes belong to one that waits. */
export function askedIn(pending: Pending, end: CodeEnd): Omit<Pending, 'code' | 'wrong_codes'> {
  const { wrong_codes: _, ...state } = endCode(pending, end);
  return state;
}

/** Which key of theirs said so. */
export const markOf = ({ keyMark }: Approver): { by_key?: string } =>
  keyMark === undefined ? {} : { by_key: keyMark };

const earlierIn = (state: Pending, { gone = [] }: Pick<Vote, 'gone'>) =>
  (state.endorsements ?? []).filter((one) => !gone.includes(one.by));

function endorse(state: Pending, given: Vote): ApprovalDecision {
  const { now, by, reason, useWithinMs, codeDrawnAt } = given;
  const quorum = quorumOf(state);
  const at = now.toISOString();
  const endorsements = [...earlierIn(state, given), { by: by.name, ...markOf(by), at, reason }];
  const dropped = codeDrawnAt === undefined ? `${by.name} said yes without it` : undefined;
  if (endorsements.length < quorum) {
    // A code of somebody else is a yes to this very call, and goes on to wait.
    const isOwn = state.code !== undefined && isSamePerson(state.code.drawn_by, by.name);
    return happened('endorsed', { ...(isOwn ? endCode(state, { now, dropped }) : state), endorsements });
  }
  return happened('approved', {
    ...askedIn(state, { now, dropped }),
    status: 'approved',
    ...(quorum > 1 ? { endorsements } : {}),
    decided_at: at,
    decided_by: by.name,
    decision_reason: reason,
    use_by: useBy(state, now, useWithinMs),
    ...(codeDrawnAt === undefined ? {} : { code_drawn_at: codeDrawnAt }),
  });
}

const deny = (state: Pending, { now, by, reason }: Vote): ApprovalDecision =>
  happened('denied', {
    ...askedIn(state, { now, dropped: `${by.name} denied the call` }),
    status: 'denied',
    decided_at: now.toISOString(),
    decided_by: by.name,
    decision_reason: reason,
    denied_because: reason ?? NO_REASON,
  });

/** What somebody says why; nothing where that is blank. */
const meant = ({ reason }: Pick<Vote, 'reason'>): string | undefined =>
  reason === undefined || isBlank(reason) ? undefined : reason.trim();

/** Why this word does not count, as things are; undefined where it does. */
function whyNotCounted(given: Omit<Vote, 'useWithinMs'>, state: Pending): Nothing | undefined {
  const { by, verdict } = given;
  const because = (verdict === 'approve' ? whyNoYes : whyNot)(by, questionOf(state));
  if (because !== undefined) return { because, fault: 'not_an_approver' };
  if (state.terms?.require_reason && meant(given) === undefined) {
    return { because: 'reason: this rule asks for one', fault: 'invalid_request' };
  }
  const isTwice = earlierIn(state, given).some((one) => isSamePerson(one.by, by.name));
  if (verdict === 'deny' || !isTwice) return undefined;
  return { because: `${by.name} has said yes already; it takes ${people(quorumOf(state))}` };
}

/** Different people count once each, up to the rule's quorum; one denial ends it. */
export function vote(given: Vote, state: Pending): ApprovalDecision {
  const why = whyNotCounted(given, state);
  if (why) return why;
  const word = { ...given, reason: meant(given) };
  return given.verdict === 'deny' ? deny(state, word) : endorse(state, word);
}

/** A yes that waits to be spoken: by the checks of a yes, and in place of a code that was drawn before. */
export function draw(given: Draw, state: Pending): ApprovalDecision {
  const why = whyNotCounted({ ...given, verdict: 'approve' }, state);
  if (why) return why;
  const { now, by, digest, withinMs } = given;
  const reason = meant(given);
  const code = {
    digest,
    drawn_by: by.name,
    ...markOf(by),
    drawn_at: now.toISOString(),
    until: new Date(Math.min(now.getTime() + withinMs, Date.parse(state.decide_by))).toISOString(),
    ...(reason === undefined ? {} : { reason }),
  };
  return happened('code_drawn', { ...endCode(state, { now, dropped: `${by.name} drew another` }), code });
}
