import {
  type Approval,
  ApprovalId,
  type DecideApproval,
  type DecideReply,
  type Endorsement,
  type Word,
} from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { type ApprovalCommand, standingSentence } from '../domain/approval.ts';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import { type Approver, questionOf, whyNoYes } from '../domain/approver.ts';
import { becauseOf, checkFault } from '../domain/decider.ts';
import type { Ground } from '../ground.ts';
import type { Approvers } from '../people/approvers.ts';
import type { Handled, Loaded } from '../store.ts';
import { findApproval, findToDecide } from './find.ts';

/** What somebody who is known says of an approval. */
type WordOn = Word & Pick<DecideApproval, 'id'>;

export type Deciding = {
  /**
   * Counts one person's word.
   *
   * @throws AppError `not_an_approver`, `invalid_request` where a reason is missing, `precondition_failed` where the
   * approval waits but is not as it was seen
   */
  decide(by: Approver, word: WordOn, deadlineMs: number): Promise<DecideReply>;
};

/** What was asked wrongly is the asker's fault; that somebody else was first is not. */
export function toReply({ state: approval, seq, decision }: Handled<Approval, ApprovalEvent>): DecideReply {
  const reply = { approval, revision: seq };
  if (decision && 'event' in decision && decision.event.type !== 'aegis.approval.expired.v1')
    return { ...reply, counted: true };
  checkFault(decision);
  return { ...reply, counted: false, because: becauseOf(decision) ?? standingSentence(approval) };
}

/** Somebody who saw another state must look again; that it is decided they are told in any case. */
export function checkRevision({ state, seq }: Loaded<Approval>, revision: number | undefined): void {
  if (revision === undefined || revision === seq || state.status !== 'pending') return;
  throw new AppError('precondition_failed', 'The approval has changed since you saw it; look again.');
}

/** Who said yes, and could not any more. */
export function goneFrom(
  approvers: Pick<Approvers, 'byName'>,
  { endorsements = [], ...approval }: Approval,
): string[] {
  const may = ({ by, by_key }: Endorsement): boolean => {
    const approver = approvers.byName(by, by_key);
    return approver !== undefined && whyNoYes(approver, questionOf(approval)) === undefined;
  };
  return endorsements.filter((one) => !may(one)).map(({ by }) => by);
}

export function createDeciding(ground: Ground, approvers: Pick<Approvers, 'byName'>): Deciding {
  const { store, now, useWithinMs } = ground;
  /** Many who decide on one approval at once: all but the first only have to look. */
  const oneByOne = createKeyedMutex();

  return {
    async decide(by, { id, verdict, reason, revision }, deadlineMs) {
      const isExact = ApprovalId.safeParse(id).success;
      const exact = isExact ? id : (await findToDecide(ground, id, deadlineMs)).state.approval_id;
      const vote = (current: Loaded<Approval>): ApprovalCommand => {
        checkRevision(current, revision);
        const gone = goneFrom(approvers, current.state);
        return { type: 'vote', now: now(), by, verdict, reason, useWithinMs, gone };
      };
      return oneByOne(exact, async () => {
        const found = await findApproval(ground, exact, deadlineMs);
        return toReply(await store.handle(found.state.approval_id, found, vote, deadlineMs));
      });
    },
  };
}
