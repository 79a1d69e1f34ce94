import { callDigest } from '@aegis/contracts/call-digest';
import { sayNo } from '../answers.ts';
import type { Disposition, GateOptions } from '../api.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import type { Judge } from '../judge.ts';
import type { JudgedRequest } from '../judged-request.ts';
import { atFirst } from '../read/input.ts';
import type { Dispatcher, Transform } from '../record/dispatch.ts';
import type { Sent } from '../record/recorder.ts';
import { approvedLate, blocked, changedMeanwhile, pending, usedTooLate } from '../sentences.ts';
import { createAskEnforcer, type Enforced } from './ask-enforcer.ts';
import { approvalUrl, sealContinuation } from './elicit.ts';

export type ReviewDeps = {
  readonly parts: FirewallParts;
  readonly options: GateOptions;
  readonly judge: Judge;
  readonly dispatcher: Dispatcher;
  /** Aborted when the client or the server is gone. */
  readonly closing: AbortSignal;
};

/** Where the enforcer names no approval. */
const SOME_APPROVAL = 'of this call';

export const no = ({ request, caller }: JudgedRequest, sentence: string): Disposition => ({
  type: 'answer',
  text: sayNo(request, caller.isModern, sentence),
});

/** What becomes of a call when the enforcer has spoken. Times are in milliseconds since the epoch. */
export function createApprovedCall({ parts, options, judge, dispatcher, closing }: ReviewDeps) {
  const { bus, recorder, consoleUrl } = parts;
  const ask = createAskEnforcer({ bus, recorder, options, dispatcher });
  const urlOf = (approvalId: string): string | undefined => approvalUrl(consoleUrl, approvalId);
  const isGone = ({ circumstances }: JudgedRequest): boolean =>
    circumstances.signal.aborted || closing.aborted;

  /** An upstream's own questions may go on under the approval of the call; `round` is the one that it asks for. */
  const continuing = (
    { judgement, caller }: JudgedRequest,
    approvalId: string,
    round = 1,
  ): ((sent: Sent) => Transform | undefined) => {
    if (!caller.isModern) return () => undefined;
    const continued = { approvalId, callDigest: callDigest(atFirst(judgement.call)), round };
    return (sent) =>
      ({ response }) =>
        sealContinuation(parts, response, sent, continued);
  };

  const letThrough = (judged: JudgedRequest, { reply, sent }: Enforced, untilMs: number): Disposition => {
    const { approval_id: approvalId } = reply;
    if (isGone(judged)) {
      dispatcher.notSent(sent, 'the caller had gone');
      return { type: 'nothing' };
    }
    if (Date.now() > untilMs) {
      dispatcher.notSent(sent, 'the time for it had run out');
      return no(judged, usedTooLate(approvalId ?? SOME_APPROVAL));
    }
    const transform = approvalId === undefined ? undefined : continuing(judged, approvalId)(sent);
    return dispatcher.forward(judged, sent, transform);
  };

  /** Acts on the enforcer's answer; after `untilMs` nothing is sent any more. */
  const conclude = (judged: JudgedRequest, enforced: Enforced, untilMs: number): Disposition => {
    const { allowed, status, reasons, approval_id: approvalId = SOME_APPROVAL } = enforced.reply;
    if (allowed) return letThrough(judged, enforced, untilMs);
    return no(
      judged,
      status === 'blocked' ? blocked(reasons) : pending(reasons, approvalId, urlOf(approvalId)),
    );
  };

  return {
    ask,
    conclude,
    continuing,
    isGone,
    urlOf,
    /** A person said yes: everything is looked at once more, and then the approval is used. */
    async run(judged: JudgedRequest, approvalId: string, untilMs: number): Promise<Disposition> {
      const { request, requested, caller, client } = judged;
      const judgement = await judge(request, requested, caller, client);
      if (judgement.decision === 'deny' || callDigest(judgement.call) !== callDigest(judged.judgement.call)) {
        return no(judged, changedMeanwhile(approvalId));
      }
      if (Date.now() >= untilMs) return no(judged, approvedLate(approvalId));
      const again = { ...judged, judgement };
      return conclude(again, await ask(again, untilMs), untilMs);
    },
  };
}
