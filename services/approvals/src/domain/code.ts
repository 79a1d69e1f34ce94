import type { Approval } from '@aegis/contracts/approvals';
import type { FormerCode } from '@aegis/contracts/drawn-code';
import { type ApprovalDecision, happened } from './approval-event.ts';
import { type Approver, noApprover } from './approver.ts';
import { whyNoMore } from './former-codes.ts';
import { askedIn, vote } from './vote.ts';

type Pending = Extract<Approval, { status: 'pending' }>;

/** Wrong codes of the asker that deny: a model hears badly, and nobody guesses one of 2^40 with them. */
export const MOST_WRONG = 3;

/** A code that whoever asked speaks. */
export type Redeem = {
  now: Date;
  /** Who asked, by whose wrong codes it ends. */
  principal: string;
  isRight: boolean;
  /** What was given instead, where that was right once. */
  former?: FormerCode | undefined;
  /** Who drew it, as they are now; undefined where they are no approver any more. */
  drawer: Approver | undefined;
  useWithinMs: number;
  gone?: readonly string[];
  /** Who it came from, for the limit on wrong codes, where the standing code was looked at too. */
  source?: string;
};

function wrong({ now, principal, source }: Redeem, state: Pending): ApprovalDecision {
  const wrong_codes = (state.wrong_codes ?? 0) + 1;
  if (wrong_codes < MOST_WRONG) return happened('code_refused', { ...state, wrong_codes }, source);
  const denied_because = `${MOST_WRONG} wrong codes`;
  const drawn_code_only = source === undefined;
  const decided = { decided_at: now.toISOString(), decided_by: principal, denied_because, drawn_code_only };
  return happened(
    'denied',
    {
      ...askedIn(state, { now, dropped: `${denied_because} denied the call` }),
      ...decided,
      status: 'denied',
    },
    source,
  );
}

/**
 * The yes of whoever drew the code counts as it would if they said it now; a wrong code counts against the approval. One
 * that was right once, comes too late, or whose approver is none any more, is no guess: nothing happens.
 */
export function redeem(given: Redeem, state: Pending): ApprovalDecision {
  const { now, drawer: by, isRight, former, useWithinMs, gone = [] } = given;
  const { code } = state;
  if (former) return { because: whyNoMore(former) };
  if (!isRight || code === undefined) return wrong(given, state);
  if (now.getTime() > Date.parse(code.until))
    return {
      because: `The code for approval ${state.approval_id} was good until ${code.until}: ask for another`,
    };
  if (by === undefined)
    return {
      because: noApprover(code.drawn_by, ', who drew the code,'),
      fault: 'not_an_approver',
    };
  const { reason, drawn_at: codeDrawnAt } = code;
  return vote({ now, by, verdict: 'approve', reason, useWithinMs, gone, codeDrawnAt }, state);
}
