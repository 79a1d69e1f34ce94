import {
  type Approval,
  ApprovalId,
  type CompleteApproval,
  type DecideApproval,
  type DecideReply,
  type Word,
} from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex, type Mutex } from '@aegis/kit/mutex';
import { type ApprovalCommand, type Deadlines, standingSentence } from '../domain/approval.ts';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import { type Approver, CODE_HOLDER, questionOf, whyNoYes } from '../domain/approver.ts';
import { checkFault } from '../domain/decider.ts';
import type { Approvers } from '../people/approvers.ts';
import { checkAttempts, isRightCode, sourceOf } from '../people/code.ts';
import type { Handled, Loaded } from '../store.ts';
import { type FindDeps, findApproval, findToDecide } from './find.ts';

export type DecidingDeps = FindDeps & {
  now: () => Date;
  code: string;
  /** One code at a time: many at once would all be judged before the first wrong one is counted. */
  codesOneByOne: Mutex;
  deadlines: Deadlines;
  approvers: Pick<Approvers, 'byName'>;
};

/** What somebody who is known says of an approval. */
type WordOn = Word & Pick<DecideApproval, 'id'>;

export type Deciding = {
  /** Decides with a code; an approval that is decided already answers how. */
  complete(request: CompleteApproval, deadlineMs: number): Promise<Approval>;
  /**
   * Counts one person's word.
   *
   * @throws AppError `not_an_approver`, `invalid_request` where a reason is missing, `precondition_failed` where the approval
   * waits but is not as it was seen
   */
  decide(by: Approver, word: WordOn, deadlineMs: number): Promise<DecideReply>;
};

/** What was asked wrongly is the asker's fault; that somebody else was first is not. */
export function toReply({ state: approval, seq, decision }: Handled<Approval, ApprovalEvent>): DecideReply {
  const reply = { approval, revision: seq };
  if (decision && 'event' in decision && decision.event.type !== 'aegis.approval.expired.v1')
    return { ...reply, counted: true };
  checkFault(decision);
  const because = decision && 'because' in decision ? decision.because : standingSentence(approval);
  return { ...reply, counted: false, because };
}

/** Somebody who saw another state must look again; that it is decided they are told in any case. */
export function checkRevision({ state, seq }: Loaded<Approval>, revision: number | undefined): void {
  if (revision === undefined || revision === seq || state.status !== 'pending') return;
  throw new AppError('precondition_failed', 'The approval has changed since you saw it; look again.');
}

export function createDeciding(deps: DecidingDeps): Deciding {
  const { store, index, now, codesOneByOne, deadlines } = deps;
  const { useWithinMs } = deadlines;
  /** Who said yes, and could not any more. */
  const goneFrom = ({ endorsements = [], ...approval }: Approval): string[] => {
    const may = (name: string): boolean => {
      const approver = deps.approvers.byName(name);
      return approver !== undefined && whyNoYes(approver, questionOf(approval)) === undefined;
    };
    return endorsements.map(({ by }) => by).filter((name) => !may(name));
  };
  /** Many who decide on one approval at once: all but the first only have to look. */
  const oneByOne = createKeyedMutex();

  /** What comes of a code; nothing where it is decided already. */
  const judgeCode = (
    { approval_code, reason }: CompleteApproval,
    from: string,
    approval: Approval,
  ): ApprovalCommand | undefined => {
    if (approval.status !== 'pending') return undefined;
    const because = whyNoYes(CODE_HOLDER, questionOf(approval));
    if (because !== undefined) throw new AppError('not_an_approver', `${because}.`);
    const at = now();
    checkAttempts((sinceMs) => index.wrongCodesSince(sinceMs), from, at);
    const said = { now: at, by: CODE_HOLDER };
    return isRightCode(approval_code, deps.code)
      ? { ...said, type: 'vote', verdict: 'approve', reason, useWithinMs }
      : { ...said, type: 'burn', source: from };
  };

  const completeOne = async (request: CompleteApproval, deadlineMs: number): Promise<Approval> => {
    const from = sourceOf(request.source);
    const found = await findApproval(deps, request.id, deadlineMs);
    let command: ApprovalCommand | undefined;
    const done = await store.handle(
      request.id,
      found,
      ({ state }) => (command = judgeCode(request, from, state)),
      deadlineMs,
    );
    if (command?.type === 'burn') {
      index.countWrongCode(request.id, { atMs: command.now.getTime(), source: from });
    }
    return toReply(done).approval;
  };

  return {
    async complete(request, deadlineMs) {
      const { state: approval } = await findToDecide(deps, request.id, deadlineMs);
      if (approval.status !== 'pending') return approval;
      const exact = { ...request, id: approval.approval_id };
      return codesOneByOne(() => completeOne(exact, deadlineMs));
    },
    async decide(by, { id, verdict, reason, revision }, deadlineMs) {
      const isExact = ApprovalId.safeParse(id).success;
      const exact = isExact ? id : (await findToDecide(deps, id, deadlineMs)).state.approval_id;
      const vote = (current: Loaded<Approval>): ApprovalCommand => {
        checkRevision(current, revision);
        const gone = goneFrom(current.state);
        return { type: 'vote', now: now(), by, verdict, reason, useWithinMs, gone };
      };
      return oneByOne(exact, async () => {
        const found = await findApproval(deps, exact, deadlineMs);
        return toReply(await store.handle(found.state.approval_id, found, vote, deadlineMs));
      });
    },
  };
}
