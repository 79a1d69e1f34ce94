import { approvalsGet } from '@aegis/contracts/approvals';
import { callDigest } from '@aegis/contracts/call-digest';
import { isObject } from '@aegis/kit/json';
import type { Disposition } from '../api.ts';
import type { JudgedRequest } from '../judged-request.ts';
import { atFirst } from '../read/input.ts';
import type { AskedState, ContinuesState } from '../read/request-state.ts';
import { broughtForUpstream, type Returned } from '../read/returned.ts';
import { approvalOver, declined, pending, waitsFor } from '../sentences.ts';
import { createApprovedCall, no, type ReviewDeps } from './approved-call.ts';
import { canElicit, inputRequired, MAX_FURTHER_ROUNDS, type Round } from './elicit.ts';
import { cancelApproval, holdCall } from './hold-call.ts';
import type { Progress } from './progress.ts';

/** A client gives up after 10 unfinished results; it should hear from us before that. */
const MAX_ROUNDS = 9;
const NOTHING: Disposition = { type: 'nothing' };

/** Where a call stands: its approval, and the round of the client that comes back for it. */
type WaitingCall = {
  readonly approvalId: string;
  readonly reasons: string[];
  readonly asked: AskedState | undefined;
};

/** Whether nobody has answered anything that a person has not seen and no rule looks at. */
const isAnswerSeen = ({ requested, judgement }: JudgedRequest): boolean => {
  const { inputResponses: answers } = requested.input ?? {};
  if (answers === undefined || (isObject(answers) && Object.keys(answers).length === 0)) return true;
  return judgement.reviewBecause.length === 0 && judgement.isSeen(['inputResponses']);
};

/** What becomes of calls that a person has to decide. */
export function createReview(deps: ReviewDeps & { readonly progress: Progress }) {
  const { parts, options, dispatcher, progress, closing } = deps;
  const { bus, recorder, timeoutMs, continuations, held, now } = parts;
  const { principal, server, holdMs } = options;
  const approved = createApprovedCall(deps);
  const { urlOf } = approved;

  const comeBack = (
    judged: JudgedRequest,
    round: Pick<Round, 'approvalId' | 'round' | 'url' | 'note' | 'carried'>,
  ): Disposition => {
    const bound = { callDigest: callDigest(judged.judgement.call), principal, server };
    return { type: 'answer', text: inputRequired(parts, judged.request.rawId, { ...bound, ...round }) };
  };

  /** Nobody has decided in time: the client comes back, or hears that it may. */
  const stillPending = (judged: JudgedRequest, { approvalId, reasons, asked }: WaitingCall): Disposition => {
    if (!asked || asked.round >= MAX_ROUNDS) {
      return no(judged, pending(reasons, approvalId, urlOf(approvalId)));
    }
    const { upstream_state, upstream_responses, round } = asked;
    const carried = { upstream_state, upstream_responses };
    return comeBack(judged, { approvalId, round: round + 1, url: undefined, carried });
  };

  const hold = (judged: JudgedRequest, approvalId: string, untilMs: number) => {
    const { circumstances, caller } = judged;
    const { progressToken } = caller;
    const tell = (): void => {
      if (progressToken === undefined) return;
      circumstances.notify(progress.next(progressToken, waitsFor(approvalId, urlOf(approvalId))));
    };
    const signal = AbortSignal.any([circumstances.signal, closing]);
    circumstances.held();
    return holdCall(parts, { approvalId, principal, untilMs, signal, tell });
  };

  const wait = async (judged: JudgedRequest, asking: WaitingCall): Promise<Disposition> => {
    const { approvalId } = asking;
    const startedAtMs = Date.now();
    const untilMs = startedAtMs + Math.max(holdMs, timeoutMs);
    // What is approved later than this could not be used before the time is over, so it is left for the next call.
    const lookUntilMs = startedAtMs + holdMs - Math.min(timeoutMs, holdMs / 10);
    const seen = await hold(judged, approvalId, lookUntilMs);
    if (seen === 'gone') return NOTHING;
    if (seen === 'pending') return stillPending(judged, asking);
    if (seen.status === 'approved') return approved.run(judged, approvalId, untilMs);
    if (seen.status === 'denied') {
      // The enforcer puts it on record, with the person's word.
      return approved.conclude(judged, await approved.ask(judged, Date.now() + timeoutMs), untilMs);
    }
    return no(judged, approvalOver(seen));
  };

  const ask = async (judged: JudgedRequest): Promise<Disposition> => {
    const untilMs = Date.now() + timeoutMs;
    const enforced = await approved.ask(judged, untilMs);
    const { status, approval_id: approvalId } = enforced.reply;
    if (status !== 'pending' || approvalId === undefined) return approved.conclude(judged, enforced, untilMs);
    if (approved.isGone(judged)) {
      // An equal call may wait for it too.
      if (!held.has(approvalId)) await cancelApproval(parts, approvalId, principal, 'the call was cancelled');
      return NOTHING;
    }
    const difference = parts.asked.note(judged.judgement.call, approvalId);
    const reasons = [...enforced.reply.reasons, ...(difference === undefined ? [] : [difference])];
    const url = urlOf(approvalId);
    if (url !== undefined && canElicit(judged)) {
      const carried = broughtForUpstream(judged.request);
      return comeBack(judged, { approvalId, round: 1, url, note: difference, carried });
    }
    if (holdMs === 0) return no(judged, pending(reasons, approvalId, url));
    return wait(judged, { approvalId, reasons, asked: undefined });
  };

  /**
   * True once for each continuation that this run of the firewall has handed out, where its approval covers this round: it
   * was used for this call and may still be, and the round brings nothing that a person would have to see.
   *
   * @throws AppError where the approval can't be read now
   */
  const mayContinue = async (judged: JudgedRequest, state: ContinuesState): Promise<boolean> => {
    const { nonce, instance, round, approval_id: id, call_digest } = state;
    if (instance !== recorder.instance || !continuations.has(nonce) || round > MAX_FURTHER_ROUNDS)
      return false;
    if (!isAnswerSeen(judged)) return false;
    const { approval } = await bus.ask(approvalsGet, { id }, { deadlineMs: Date.now() + timeoutMs });
    const isOfThis = approval.status === 'consumed' && callDigest(atFirst(approval.call)) === call_digest;
    return isOfThis && now().getTime() < Date.parse(approval.use_by) && continuations.delete(nonce);
  };

  return {
    /** The answer to a person's no at the client; undefined where there was none. */
    async declined(judged: JudgedRequest, { state, action }: Returned): Promise<Disposition | undefined> {
      if (state?.type !== 'asked' || (action !== 'decline' && action !== 'cancel')) return undefined;
      await cancelApproval(parts, state.approval_id, principal, 'declined at the client');
      return no(judged, declined(state.approval_id));
    },
    /** @throws AppError where nobody can decide now */
    async pass(judged: JudgedRequest, { state }: Returned): Promise<Disposition> {
      if (state?.type === 'continues' && (await mayContinue(judged, state))) {
        const { approval_id: approvalId, call_id, round } = state;
        const transform = approved.continuing(judged, approvalId, round + 1);
        return dispatcher.allow(judged, { reasons: [`continues call ${call_id}`], approvalId, transform });
      }
      if (state?.type !== 'asked') return ask(judged);
      return wait(judged, { approvalId: state.approval_id, reasons: judged.judgement.reasons, asked: state });
    },
  };
}
