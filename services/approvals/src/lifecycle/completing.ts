import type { Approval } from '@aegis/contracts/approvals';
import type { CompleteApproval } from '@aegis/contracts/codes';
import { AppError } from '@aegis/kit/errors';
import type { ApprovalCommand } from '../domain/approval.ts';
import { CODE_HOLDER, questionOf, whyNoYes } from '../domain/approver.ts';
import { whyNoMore } from '../domain/former-codes.ts';
import type { Ground } from '../ground.ts';
import type { Approvers } from '../people/approvers.ts';
import { CODE_IS_A_PERSONS, checkAttempts, sourceOf } from '../people/code.ts';
import { isRightCode } from '../people/code-digest.ts';
import { goneFrom, toReply } from './deciding.ts';
import { findApproval, findToDecide } from './find.ts';
import { hadCodes, spokenTo } from './spoken.ts';

type Pending = Extract<Approval, { status: 'pending' }>;

export type Completing = {
  /**
   * Decides with a code; an approval that is decided already answers how.
   *
   * @throws AppError `not_an_approver` where no word can be right, `code_over` for a code that counts no more,
   * `too_many_attempts`
   */
  complete(request: CompleteApproval, deadlineMs: number): Promise<Approval>;
};

/** What whoever asked does where no code waits for its call. */
export const noneDrawn = (approvalId: string): string =>
  `No code that counts was drawn for this call: ask the person to draw one, in the console or with "aegis approvals code ${approvalId}"`;

/** What whoever asked does where one was. */
const SPEAK_DRAWN = 'To go on, speak the code that was drawn for this call.';

const onlyFrom = ({ call }: Approval): string =>
  `A code that was drawn for this call is taken from ${call.principal} alone, who asked.`;

/** Why the standing code, right as it is, does not decide an approval; undefined where it does. */
export function whyNotStanding(approval: Approval): string | undefined {
  const because = whyNoYes(CODE_HOLDER, questionOf(approval));
  return because && `The approval code does not decide this: ${because}.`;
}

export function createCompleting(ground: Ground, approvers: Pick<Approvers, 'byName'>): Completing {
  const { store, now, wrongCodes, codesOneByOne, useWithinMs } = ground;

  /** Why the standing code is no way to decide this; undefined where it is. */
  const whyNoCode = (request: CompleteApproval, approval: Approval): string | undefined => {
    if (request.by_agent) return CODE_IS_A_PERSONS;
    if (ground.code === undefined) return 'There is no approval code here.';
    return whyNotStanding(approval);
  };

  /** What a word of a one-time code comes to; nothing where it is none. */
  const byOneTimeCode = async (
    { approval_code, principal }: CompleteApproval,
    approval: Pending,
    deadlineMs: number,
  ): Promise<ApprovalCommand | undefined> => {
    const { call, code } = approval;
    const { isRight, former } = await spokenTo(ground, approval, approval_code, deadlineMs);
    if (!isRight && former === undefined) return undefined;
    if (principal !== call.principal) throw new AppError('not_an_approver', onlyFrom(approval));
    if (former) throw new AppError('code_over', `${whyNoMore(former)}.`);
    const gone = goneFrom(approvers, approval);
    const drawer = code && approvers.byName(code.drawn_by, code.by_key);
    return { type: 'redeem', now: now(), principal, isRight, drawer, useWithinMs, gone };
  };

  /** What comes of a code; nothing where it is decided already. */
  const judgeCode = async (
    request: CompleteApproval,
    from: string,
    approval: Approval,
    deadlineMs: number,
  ): Promise<ApprovalCommand | undefined> => {
    if (approval.status !== 'pending') return undefined;
    const { approval_code, reason, principal = '' } = request;
    const whyNot = whyNoCode(request, approval);
    const isAsker = principal === approval.call.principal;
    const mayBeRight = whyNot === undefined || (isAsker && approval.code !== undefined);
    const whyNone = `${isAsker ? `${noneDrawn(approval.approval_id)}.` : onlyFrom(approval)} ${whyNot}`;
    // Nothing to guess, so nothing is wrong and nothing is burnt.
    if (!mayBeRight && !(isAsker && hadCodes(approval))) throw new AppError('not_an_approver', whyNone);
    const at = now();
    if (mayBeRight) checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), from, at);
    else ground.allowance.take({ principal });
    const spoken = await byOneTimeCode(request, approval, deadlineMs);
    if (spoken) return spoken;
    if (!mayBeRight) throw new AppError('not_an_approver', whyNone);
    const said = { now: at, by: CODE_HOLDER };
    // An agent learns nothing of the standing code.
    const isStanding = !request.by_agent && (await isRightCode(approval_code, ground.code));
    if (isStanding && whyNot) throw new AppError('not_an_approver', `${whyNot} ${SPEAK_DRAWN}`);
    return isStanding
      ? { ...said, type: 'vote', verdict: 'approve', reason, useWithinMs }
      : { ...said, type: 'burn', drawn_code_only: whyNot !== undefined, source: from };
  };

  const completeOne = async (request: CompleteApproval, deadlineMs: number): Promise<Approval> => {
    const from = sourceOf(request.source);
    const found = await findApproval(ground, request.id, deadlineMs);
    let command: ApprovalCommand | undefined;
    const done = await store.handle(
      request.id,
      found,
      async ({ state }) => (command = await judgeCode(request, from, state, deadlineMs)),
      deadlineMs,
    );
    if (command?.type === 'burn') {
      wrongCodes.countWrongCode(request.id, { atMs: command.now.getTime(), source: from });
    }
    const { approval, counted, because } = toReply(done);
    // A right one that was too late.
    if (command?.type === 'redeem' && !counted && approval.status === 'pending')
      throw new AppError('code_over', `${because ?? 'The code counts no more'}.`);
    return approval;
  };

  return {
    async complete(request, deadlineMs) {
      const { state: approval } = await findToDecide(ground, request.id, deadlineMs);
      if (approval.status !== 'pending') return approval;
      const exact = { ...request, id: approval.approval_id };
      return codesOneByOne(() => completeOne(exact, deadlineMs));
    },
  };
}
