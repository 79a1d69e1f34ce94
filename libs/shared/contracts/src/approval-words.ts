import type { Approval, StoredApproval } from './approvals.ts';

/** Who approved where the code did: nobody else may have this name, or it as a role. */
export const CODE_APPROVER = 'approval-code';

/** Where the one-time link of `aegis approve-here` leads: its token stands behind `#`, which no browser sends. */
export const FIRST_APPROVER_PATH = '/ui/first-approver';

/**
 * What people are told as long as there is neither an approver nor a code. Without npx: wherever this is read, that may
 * fetch a stranger's program of that name.
 */
export const NOBODY_APPROVES =
  'Nobody can approve yet: a person has to run "aegis approve-here" in a terminal, where AegisMCP runs, and open its link';

type Denied = Extract<StoredApproval, { status: 'denied' }>;

/** `denied_because` of the wrong code that denies at once. */
export const WRONG_CODE = 'wrong code';

/** That a wrong code denied it, in words; `drawnOnly` where no code could be right but the one that was drawn for it. */
export function guessed(deniedBecause: string, drawnOnly = false): string {
  const isOne = deniedBecause === WRONG_CODE;
  if (drawnOnly)
    return isOne
      ? 'denied, because a code was given that was not drawn for this call'
      : `denied, because ${deniedBecause} were given, none of them drawn for this call`;
  return isOne ? 'denied, because a wrong code was given' : `denied, because ${deniedBecause} were given`;
}

/**
 * That wrong codes denied it, which may be anybody's guess; undefined where a person said no. Events of before
 * `drawn_code_only` have `decided_by` alone: `approval-code`, or of three wrong words whoever asked.
 */
export function deniedByGuess(approval: Denied): string | undefined {
  const { decided_by, denied_because, decision_reason, drawn_code_only, call } = approval;
  if (drawn_code_only !== undefined) return guessed(denied_because, drawn_code_only);
  if (decision_reason !== undefined) return undefined;
  if (decided_by === CODE_APPROVER && denied_because === WRONG_CODE) return guessed(denied_because);
  return decided_by === call.principal && denied_because === '3 wrong codes'
    ? guessed(denied_because)
    : undefined;
}

/**
 * How an approval stands, for whoever made its call, an agent above all: why it does not run, and nobody's name. People hear
 * who decided, where they ask; the record has both.
 */
export function standingForCaller(approval: Approval): string {
  const { approval_id: id, status } = approval;
  if (approval.status === 'denied')
    return `Approval ${id} was ${deniedByGuess(approval) ?? `denied: ${approval.denied_because}`}`;
  if (approval.status === 'cancelled') return `Approval ${id} is cancelled: ${approval.cancelled_because}`;
  if (approval.status === 'superseded') return `Approval ${id} is superseded: ${approval.superseded_because}`;
  return `Approval ${id} is ${status}`;
}

/**
 * The same, and what they do to ask again where it opens nothing any more: a denial answers its run key, and under any other
 * that is over the same call is a new question.
 */
export function standingAndNext(approval: Approval): string {
  const standing = standingForCaller(approval);
  if (approval.status === 'pending' || approval.status === 'approved') return standing;
  const how = approval.status === 'denied' ? 'with another run key' : 'once more';
  return `${standing}. To ask again, send the call ${how}`;
}
