import { retryOnConflict } from '@aegis/bus';
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
import { type Deadlines, standingSentence } from '../domain/approval.ts';
import { type Approver, CODE_HOLDER, questionOf, whyNoYes } from '../domain/approver.ts';
import type { Approvers } from '../people/approvers.ts';
import { checkAttempts, isRightCode, sourceOf } from '../people/code.ts';
import type { Loaded } from '../store.ts';
import type { Change, Changed } from './change.ts';
import { type FindDeps, findApproval, findToDecide } from './find.ts';

export type DecidingDeps = FindDeps & {
  change: Change;
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
export function toReply({ approval, seq, decision }: Changed): DecideReply {
  if ('event' in decision && decision.event.name !== 'expired')
    return { approval, revision: seq, counted: true };
  if ('fault' in decision && decision.fault) throw new AppError(decision.fault, `${decision.because}.`);
  const because = 'because' in decision ? decision.because : standingSentence(approval);
  return { approval, revision: seq, counted: false, because };
}

/** Somebody who saw another state must look again; that it is decided they are told in any case. */
export function checkRevision({ approval, seq }: Loaded, revision: number | undefined): void {
  if (revision === undefined || revision === seq || approval.status !== 'pending') return;
  throw new AppError('precondition_failed', 'The approval has changed since you saw it; look again.');
}

export function createDeciding(deps: DecidingDeps): Deciding {
  const { index, change, now, codesOneByOne, deadlines } = deps;
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

  const judgeCode = async (request: CompleteApproval, deadlineMs: number): Promise<Approval> => {
    const { id, approval_code, reason, source } = request;
    const loaded = await findApproval(deps, id, deadlineMs);
    if (loaded.approval.status !== 'pending') return loaded.approval;
    const because = whyNoYes(CODE_HOLDER, questionOf(loaded.approval));
    if (because !== undefined) throw new AppError('not_an_approver', `${because}.`);
    const from = sourceOf(source);
    checkAttempts((sinceMs) => index.wrongCodesSince(sinceMs), from, now());
    const at = now();
    const rightCode = isRightCode(approval_code, deps.code);
    const command = rightCode
      ? ({ type: 'vote', now: at, by: CODE_HOLDER, verdict: 'approve', reason, useWithinMs } as const)
      : ({ type: 'burn', now: at, by: CODE_HOLDER } as const);
    const changed = await change(command, loaded, deadlineMs, { source: from });
    if (!rightCode) index.countWrongCode(changed.approval.approval_id, { atMs: at.getTime(), source: from });
    return toReply(changed).approval;
  };

  return {
    async complete(request, deadlineMs) {
      const { approval } = await findToDecide(deps, request.id, deadlineMs);
      if (approval.status !== 'pending') return approval;
      const exact = { ...request, id: approval.approval_id };
      return codesOneByOne(() => retryOnConflict(() => judgeCode(exact, deadlineMs)));
    },
    async decide(by, { id, verdict, reason, revision }, deadlineMs) {
      const isExact = ApprovalId.safeParse(id).success;
      const exact = isExact ? id : (await findToDecide(deps, id, deadlineMs)).approval.approval_id;
      return oneByOne(exact, () =>
        retryOnConflict(async () => {
          const loaded = await findApproval(deps, exact, deadlineMs);
          checkRevision(loaded, revision);
          const gone = goneFrom(loaded.approval);
          const command = { type: 'vote', now: now(), by, verdict, reason, useWithinMs, gone } as const;
          return toReply(await change(command, loaded, deadlineMs));
        }),
      );
    },
  };
}
