import { callDigest } from '@aegis/contracts/call-digest';
import { sayNo } from '../answers.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import type { Judge } from '../judge.ts';
import type { GateOptions, Passage } from '../passage.ts';
import type { Passing } from '../passing.ts';
import type { Dispatcher, Transform } from '../record/dispatch.ts';
import type { Sent } from '../record/record.ts';
import { approvedLate, blocked, changedMeanwhile, pending, usedTooLate } from '../sentences.ts';
import { type AskEnforcer, createAskEnforcer, type Enforced } from './ask-enforcer.ts';
import { approvalUrl, sealContinuation } from './elicit.ts';

/** What becomes of a call when the enforcer has spoken. Times are in milliseconds since the epoch. */
export type ApprovedCall = {
  readonly ask: AskEnforcer;
  /** Acts on the enforcer's answer; after `untilMs` nothing is sent any more. */
  conclude(passing: Passing, enforced: Enforced, untilMs: number): Passage;
  /** A person said yes: everything is looked at once more, and then the approval is used. */
  run(passing: Passing, approvalId: string, untilMs: number): Promise<Passage>;
  /** An upstream's own questions go on under the approval of the call. */
  continuing(passing: Passing, approvalId: string): (sent: Sent) => Transform | undefined;
  isGone(passing: Passing): boolean;
  urlOf(approvalId: string): string | undefined;
};

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

export const no = ({ request, caller }: Passing, sentence: string): Passage => ({
  type: 'answer',
  text: sayNo(request, caller.isModern, sentence),
});

export function createApprovedCall({ parts, options, judge, dispatcher, closing }: ReviewDeps): ApprovedCall {
  const { bus, recorder, consoleUrl } = parts;
  const ask = createAskEnforcer({ bus, recorder, options, dispatcher });
  const urlOf = (approvalId: string): string | undefined => approvalUrl(consoleUrl(), approvalId);
  const isGone = ({ circumstances }: Passing): boolean => circumstances.signal.aborted || closing.aborted;

  const continuing: ApprovedCall['continuing'] = ({ judged, caller }, approvalId) => {
    if (!caller.isModern) return () => undefined;
    const digest = callDigest(judged.call);
    return (sent) =>
      ({ response }) =>
        sealContinuation(parts, response, sent, approvalId, digest);
  };

  const letThrough = (passing: Passing, { reply, sent }: Enforced, untilMs: number): Passage => {
    const { approval_id: approvalId } = reply;
    if (isGone(passing)) {
      dispatcher.notSent(sent, 'the caller had gone');
      return { type: 'nothing' };
    }
    if (Date.now() > untilMs) {
      dispatcher.notSent(sent, 'the time for it had run out');
      return no(passing, usedTooLate(approvalId ?? SOME_APPROVAL));
    }
    const transform = approvalId === undefined ? undefined : continuing(passing, approvalId)(sent);
    return dispatcher.forward(passing, sent, transform);
  };

  const conclude: ApprovedCall['conclude'] = (passing, enforced, untilMs) => {
    const { allowed, status, reasons, approval_id: approvalId = SOME_APPROVAL } = enforced.reply;
    if (allowed) return letThrough(passing, enforced, untilMs);
    return no(
      passing,
      status === 'blocked' ? blocked(reasons) : pending(reasons, approvalId, urlOf(approvalId)),
    );
  };

  return {
    ask,
    conclude,
    continuing,
    isGone,
    urlOf,
    async run(passing, approvalId, untilMs) {
      const { request, asked, caller, client } = passing;
      const judged = await judge(request, asked, caller, client);
      if (judged.decision === 'deny' || callDigest(judged.call) !== callDigest(passing.judged.call)) {
        return no(passing, changedMeanwhile(approvalId));
      }
      if (Date.now() >= untilMs) return no(passing, approvedLate(approvalId));
      const again = { ...passing, judged };
      return conclude(again, await ask(again, untilMs), untilMs);
    },
  };
}
