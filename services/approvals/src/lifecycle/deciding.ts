import {
  type Approval,
  ApprovalId,
  type DecideApproval,
  type DecideReply,
  type Word,
} from '@aegis/contracts/approvals';
import { type CompleteApproval } from '@aegis/contracts/codes';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { type ApprovalCommand, standingSentence } from '../domain/approval.ts';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import { type Approver, CODE_HOLDER, questionOf, whyNoYes } from '../domain/approver.ts';
import { becauseOf, checkFault } from '../domain/decider.ts';
import type { Ground } from '../ground.ts';
import type { Approvers } from '../people/approvers.ts';
import { CODE_IS_A_PERSONS, checkAttempts, NO_CODE_HERE, sourceOf } from '../people/code.ts';
import { isRightCode } from '../people/code-digest.ts';
import { isOneTimeCode } from '../people/one-time-code.ts';
import type { Handled, Loaded } from '../store.ts';
import { findApproval, findToDecide } from './find.ts';

/** What somebody who is known says of an approval. */
type WordOn = Word & Pick<DecideApproval, 'id'>;

type Pending = Extract<Approval, { status: 'pending' }>;

export type Deciding = {
  /** Decides with a code; an approval that is decided already answers how. */
  complete(request: CompleteApproval, deadlineMs: number): Promise<Approval>;
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
  const may = (name: string): boolean => {
    const approver = approvers.byName(name);
    return approver !== undefined && whyNoYes(approver, questionOf(approval)) === undefined;
  };
  return endorsements.map(({ by }) => by).filter((name) => !may(name));
}

export function createDeciding(ground: Ground, approvers: Pick<Approvers, 'byName'>): Deciding {
  const { store, now, wrongCodes, codesOneByOne, useWithinMs } = ground;
  /** Many who decide on one approval at once: all but the first only have to look. */
  const oneByOne = createKeyedMutex();

  /** The yes of whoever drew the one-time code; nothing where this is another word. */
  const byOneTimeCode = async (
    { approval_code, principal }: CompleteApproval,
    approval: Pending,
  ): Promise<ApprovalCommand | undefined> => {
    const { approval_id, call, code } = approval;
    if (code === undefined || !(await isOneTimeCode(approval_id, approval_code, code.digest)))
      return undefined;
    if (principal !== call.principal)
      throw new AppError('not_an_approver', `Only ${call.principal}, who asked, can use a one-time code.`);
    const gone = goneFrom(approvers, approval);
    const drawer = approvers.byName(code.drawn_by);
    return { type: 'redeem', now: now(), principal, isRight: true, drawer, useWithinMs, gone };
  };

  /** Why the standing code is no way to decide this; undefined where it is. */
  const whyNoCode = (request: CompleteApproval, approval: Approval): string | undefined => {
    if (request.by_agent) return CODE_IS_A_PERSONS;
    if (ground.code === undefined)
      return `No code that was drawn for this call counts now: ask for a new one. ${NO_CODE_HERE}`;
    const because = whyNoYes(CODE_HOLDER, questionOf(approval));
    return because && `${because}.`;
  };

  /** What comes of a code; nothing where it is decided already. */
  const judgeCode = async (
    request: CompleteApproval,
    from: string,
    approval: Approval,
  ): Promise<ApprovalCommand | undefined> => {
    if (approval.status !== 'pending') return undefined;
    const because = whyNoCode(request, approval);
    const isForAsker = approval.code !== undefined && request.principal === approval.call.principal;
    // Nothing to guess, so nothing is wrong and nothing is burnt.
    if (because !== undefined && !isForAsker) throw new AppError('not_an_approver', because);
    const at = now();
    checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), from, at);
    const spoken = await byOneTimeCode(request, approval);
    if (spoken) return spoken;
    const { approval_code, reason } = request;
    const said = { now: at, by: CODE_HOLDER };
    return because === undefined && (await isRightCode(approval_code, ground.code))
      ? { ...said, type: 'vote', verdict: 'approve', reason, useWithinMs }
      : { ...said, type: 'burn', source: from };
  };

  const completeOne = async (request: CompleteApproval, deadlineMs: number): Promise<Approval> => {
    const from = sourceOf(request.source);
    const found = await findApproval(ground, request.id, deadlineMs);
    let command: ApprovalCommand | undefined;
    const done = await store.handle(
      request.id,
      found,
      async ({ state }) => (command = await judgeCode(request, from, state)),
      deadlineMs,
    );
    if (command?.type === 'burn') {
      wrongCodes.countWrongCode(request.id, { atMs: command.now.getTime(), source: from });
    }
    const { approval, counted, because } = toReply(done);
    // A right one that was too late.
    if (command?.type === 'redeem' && !counted && approval.status === 'pending')
      throw new AppError('wrong_code', `${because ?? 'The code does not count'}.`);
    return approval;
  };

  return {
    async complete(request, deadlineMs) {
      const { state: approval } = await findToDecide(ground, request.id, deadlineMs);
      if (approval.status !== 'pending') return approval;
      const exact = { ...request, id: approval.approval_id };
      return codesOneByOne(() => completeOne(exact, deadlineMs));
    },
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
