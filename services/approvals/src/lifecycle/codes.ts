import { type Approval, type DecideReply, type OwnApproval } from '@aegis/contracts/approvals';
import { type DrawCode, type DrawCodeReply, type RedeemCode } from '@aegis/contracts/codes';
import type { Caller } from '@aegis/kit/allowance';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import type { ApprovalCommand } from '../domain/approval.ts';
import { type Approver, CODE_HOLDER } from '../domain/approver.ts';
import { MOST_WRONG } from '../domain/code.ts';
import type { Ground } from '../ground.ts';
import type { Approvers } from '../people/approvers.ts';
import { checkAttempts } from '../people/code.ts';
import { isRightCode } from '../people/code-digest.ts';
import { makeOneTimeCode, oneTimeDigest } from '../people/one-time-code.ts';
import { wrongCodeId } from '../projections/wrong-codes.ts';
import type { Loaded } from '../store.ts';
import { noneDrawn, whyNotStanding } from './completing.ts';
import { checkRevision, goneFrom, toReply } from './deciding.ts';
import { findApproval, findOwn, findToDecide, notFound } from './find.ts';
import { spokenTo } from './spoken.ts';

/** Long enough to say it to an agent, and for the agent to repeat it. */
const WITHIN_MS = 10 * 60_000;
const ANOTHER_CALL = 'dry_run_id: names the approval of another call';

export type Codes = {
  /**
   * The yes of an approver, as a code that its asker has to speak; it takes the place of one drawn before.
   *
   * @throws AppError as a decision
   */
  draw(by: Approver, word: Omit<DrawCode, 'credential'>, deadlineMs: number): Promise<DrawCodeReply>;
  /**
   * Counts the yes that the code stands for. A wrong one counts against the approval, and the third denies it; one that was
   * right once changes nothing.
   *
   * @throws AppError `approval_not_found` where the caller asked nothing under this id, `not_an_approver` where whoever drew
   * it may not decide this any more, `too_many_requests`
   */
  redeem(request: RedeemCode, deadlineMs: number, caller?: Caller): Promise<DecideReply>;
  /** What stands under the caller's own key, whatever became of it. */
  own(asked: OwnApproval, deadlineMs: number): Promise<Approval | undefined>;
};

type Pending = Extract<Approval, { status: 'pending' }>;

/** What is said to who spoke a wrong one. */
function wrongSentence({ wrong_codes = 0, code, approval_id }: Pending): string {
  const left = MOST_WRONG - wrong_codes;
  const more = left === 1 ? 'one more wrong one denies the call' : `${left} more wrong ones deny the call`;
  if (code) return `The code is wrong; ${more}. Ask the person for it again`;
  return `${noneDrawn(approval_id)}. What was given is no code; ${more}`;
}

export function createCodes(ground: Ground, approvers: Pick<Approvers, 'byName'>): Codes {
  const { store, now, wrongCodes, codesOneByOne, allowance, useWithinMs } = ground;

  const oneByOne = createKeyedMutex();

  /** The standing code, where this firewall takes it from agents. */
  const byStandingCode = async (
    { approval_code }: RedeemCode,
    source: string | undefined,
    approval: Pending,
  ): Promise<ApprovalCommand | undefined> => {
    if (source === undefined || !(await isRightCode(approval_code, ground.code))) return undefined;
    // Right, and no guess: it counts nothing against the call.
    const whyNot = whyNotStanding(approval);
    if (whyNot) throw new AppError('not_an_approver', whyNot);
    return { type: 'vote', now: now(), by: CODE_HOLDER, verdict: 'approve', useWithinMs };
  };

  const judge = async (
    request: RedeemCode,
    { state }: Loaded<Approval>,
    deadlineMs: number,
  ): Promise<ApprovalCommand | undefined> => {
    if (state.status !== 'pending') return undefined;
    const { principal, approval_code, call_digest } = request;
    if (call_digest !== undefined && call_digest !== state.call_digest)
      throw new AppError('invalid_request', ANOTHER_CALL);
    const source = ground.mcpTakesCode && ground.code !== undefined ? `agent ${principal}` : undefined;
    if (source !== undefined) checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), source, now());
    const spoken = await spokenTo(ground, state, approval_code, deadlineMs);
    const isOurs = spoken.isRight || spoken.former !== undefined;
    const standing = isOurs ? undefined : await byStandingCode(request, source, state);
    if (standing) return standing;
    const drawer = state.code && approvers.byName(state.code.drawn_by, state.code.by_key);
    const gone = goneFrom(approvers, state);
    return { type: 'redeem', now: now(), principal, ...spoken, drawer, useWithinMs, gone, source };
  };

  const redeemOne = async (id: string, request: RedeemCode, deadlineMs: number): Promise<DecideReply> => {
    const found = await findApproval(ground, id, deadlineMs);
    const done = await store.handle(id, found, (current) => judge(request, current, deadlineMs), deadlineMs);
    const reply = toReply(done);
    const { approval } = reply;
    const event = done.decision && 'event' in done.decision ? done.decision.event : undefined;
    if (event?.data.source !== undefined)
      wrongCodes.countWrongCode(wrongCodeId(approval), { atMs: now().getTime(), source: event.data.source });
    if (event?.type === 'aegis.approval.code_refused.v1' && approval.status === 'pending')
      return { ...reply, counted: false, because: wrongSentence(approval) };
    return event?.type === 'aegis.approval.denied.v1' ? { ...reply, counted: false } : reply;
  };

  return {
    async draw(by, { id, reason, revision }, deadlineMs) {
      const { state } = await findToDecide(ground, id, deadlineMs);
      const { approval_id } = state;
      const code = makeOneTimeCode();
      const digest = oneTimeDigest(approval_id, code);
      const draw = (current: Loaded<Approval>): ApprovalCommand => {
        checkRevision(current, revision);
        const gone = goneFrom(approvers, current.state);
        return { type: 'draw', now: now(), by, reason, gone, digest, withinMs: WITHIN_MS };
      };
      const found = await findApproval(ground, approval_id, deadlineMs);
      const reply = toReply(await store.handle(approval_id, found, draw, deadlineMs));
      return reply.counted ? { ...reply, code } : reply;
    },
    async redeem(request, deadlineMs, caller = request) {
      const found = await findOwn(ground, request.id, request.principal, deadlineMs);
      if (!found) throw notFound(request.id);
      const { approval_id } = found.state;
      // Each word takes time to compare, and a wrong one is written.
      if (found.state.status === 'pending') allowance.take(caller);
      const redeem = () => redeemOne(approval_id, request, deadlineMs);
      // The standing code is one for all approvals, and so are the tries that it has.
      return ground.mcpTakesCode ? codesOneByOne(redeem) : oneByOne(approval_id, redeem);
    },
    own: async ({ dry_run_id, principal }, deadlineMs) =>
      (await findOwn(ground, dry_run_id, principal, deadlineMs))?.state,
  };
}
