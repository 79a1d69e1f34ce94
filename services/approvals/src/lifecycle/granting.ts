import type { Approval, DecideReply } from '@aegis/contracts/approvals';
import type { GiveGrant, Grant } from '@aegis/contracts/grants';
import { AppError } from '@aegis/kit/errors';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import type { Approver } from '../domain/approver.ts';
import { checkFault } from '../domain/decider.ts';
import type { Ground } from '../ground.ts';
import { type Handled, type Loaded, NOTHING } from '../store.ts';
import { alongWith } from './approval-store.ts';
import { checkRevision, toReply } from './deciding.ts';
import { findToDecide } from './find.ts';
import { newGrantId } from './grant-store.ts';
import { notAccepted } from './tool-standing.ts';

export type GrantToGive = Omit<GiveGrant, 'credential'>;
export type Given = DecideReply & { grant?: Grant };

/**
 * Approves a call, and with it calls like it for a while, both or neither.
 *
 * @returns the approval, and the grant where it was given
 * @throws AppError what a decision throws; `invalid_request` where no grant can be given
 */
export async function giveGrant(
  ground: Ground,
  by: Approver,
  { approval_id, revision, pattern, for_ms, reason }: GrantToGive,
  deadlineMs: number,
): Promise<Given> {
  const { bus, store, grantStore, known, now, useWithinMs } = ground;
  const found = await findToDecide(ground, approval_id, deadlineMs);
  checkRevision(found, revision);
  const approval = found.state;
  await known.tools.caughtUp(deadlineMs);
  const { server, tool } = approval.call;
  const unaccepted = notAccepted(approval.call, known.tools.state.byRulesName(server, tool));
  if (unaccepted !== undefined) throw new AppError('invalid_request', `approval_id: ${unaccepted}.`);
  const grant_id = newGrantId();
  const vote = (current: Loaded<Approval>) => {
    checkRevision(current, revision);
    return { type: 'vote', now: now(), by, verdict: 'approve', reason, useWithinMs } as const;
  };
  const granted = { grant_id, by, approval, pattern, for_ms, reason };
  const give = { type: 'give', now: now(), ...granted } as const;
  let voted: Handled<Approval, ApprovalEvent> = { ...found, decision: undefined };
  const given = await grantStore.handle(grant_id, NOTHING, () => give, deadlineMs, {
    isShared: true,
    async append(fact) {
      const append = alongWith(bus, deadlineMs, fact);
      voted = await store.handle(approval.approval_id, found, vote, deadlineMs, { append });
      return voted;
    },
  });
  checkFault(given.decision);
  const reply = toReply(voted);
  return reply.counted && given.state ? { ...reply, grant: given.state } : reply;
}
