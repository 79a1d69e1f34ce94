import { retryOnConflict } from '@aegis/bus';
import { asRuled, type DecideReply } from '@aegis/contracts/approvals';
import type { MatchedRule } from '@aegis/contracts/decision';
import type { GiveGrant, Grant } from '@aegis/contracts/grants';
import { AppError } from '@aegis/kit/errors';
import type { Deadlines } from '../domain/approval.ts';
import type { Approver } from '../domain/approver.ts';
import { matchesPattern, patternOf } from '../domain/call-pattern.ts';
import { quorumOf } from '../domain/vote.ts';
import type { Loaded } from '../store.ts';
import type { Change } from './change.ts';
import { checkRevision, toReply } from './deciding.ts';
import { type FindDeps, findApproval } from './find.ts';
import { givenFact, newGrantId } from './grants.ts';

export type GivingDeps = FindDeps & { change: Change; now: () => Date; deadlines: Deadlines };
export type GrantToGive = Omit<GiveGrant, 'credential'>;
export type Given = DecideReply & { grant?: Grant };

/** Why no grant can be given for calls like this one; undefined where one can. */
export function whyNoGrant({ approval }: Pick<Loaded, 'approval'>): string | undefined {
  const quorum = quorumOf(approval);
  if (quorum === 1) return undefined;
  return `this rule takes ${quorum} people, and a grant would be the word of one`;
}

/** What of a rule this version knows: a grant is a record of its own, and carries on nobody else's. */
const knownOf = ({ index, match }: MatchedRule): MatchedRule => ({ index, match });

function patternFor({ approval }: Loaded, given: GrantToGive['pattern']): Grant['pattern'] {
  const call = asRuled(approval);
  const own = patternOf(call);
  if (given === undefined) return own;
  const { server, definition_digest } = own;
  const pattern = {
    ...given,
    ...(server === undefined ? {} : { server }),
    ...(definition_digest === undefined ? {} : { definition_digest }),
  };
  if (matchesPattern(pattern, call)) return pattern;
  throw new AppError('invalid_request', 'pattern: does not cover the call that it is given for.');
}

/**
 * Approves a call, and with it calls like it for a while, both or neither.
 *
 * @returns the approval, and the grant where it was given
 * @throws AppError what a decision throws; `invalid_request` where no grant can be given
 */
export async function giveGrant(
  deps: GivingDeps,
  by: Approver,
  asked: GrantToGive,
  deadlineMs: number,
): Promise<Given> {
  const { change, now, deadlines } = deps;
  return retryOnConflict(async () => {
    const loaded = await findApproval(deps, asked.approval_id, deadlineMs);
    checkRevision(loaded, asked.revision);
    const because = whyNoGrant(loaded);
    if (because !== undefined) throw new AppError('invalid_request', `approval_id: ${because}.`);
    const at = now();
    const { reason, for_ms } = asked;
    const { terms, approval_id, call, policy_digest, rule } = loaded.approval;
    const grant: Grant = {
      grant_id: newGrantId(),
      principal: call.principal,
      pattern: patternFor(loaded, asked.pattern),
      terms,
      policy_digest,
      rule: rule && knownOf(rule),
      approval_id,
      granted_by: by.name,
      granted_at: at.toISOString(),
      reason,
      expires_at: new Date(at.getTime() + for_ms).toISOString(),
      uses: 0,
    };
    const command = {
      type: 'vote',
      now: at,
      by,
      verdict: 'approve',
      reason,
      useWithinMs: deadlines.useWithinMs,
    } as const;
    const reply = toReply(await change(command, loaded, deadlineMs, { together: [givenFact(grant)] }));
    return reply.counted ? { ...reply, grant } : reply;
  });
}
