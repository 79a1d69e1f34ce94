import { type Bus, type RequestContext, retryOnConflict } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { type Call, MAX_ARGUMENT_BYTES } from '@aegis/contracts/call';
import { recordCall } from '@aegis/contracts/call-digest';
import type { EnforceReply, EnforceRequest } from '@aegis/contracts/decision';
import type { Allowance } from '@aegis/kit/allowance';
import { AppError } from '@aegis/kit/errors';
import { type Answer, createDecisionLog, type Kept } from './decision-log.ts';
import {
  type Decided,
  decideWithoutApproval,
  decideWithReply,
  type Ruling,
  withReasonsToAsk,
} from './domain/decision.ts';
import { finish, handedOver, keyDigestOf } from './finish.ts';
import { createQuestions } from './questions.ts';
import { createAnswerAgain } from './replay.ts';

/** One limit for a call, whichever way it came, and however it was written. @throws AppError `payload_too_large` */
function checkSize({ args }: Call): void {
  if (args === undefined || Buffer.byteLength(JSON.stringify(args)) <= MAX_ARGUMENT_BYTES) return;
  throw new AppError('payload_too_large', `args: larger than ${MAX_ARGUMENT_BYTES} bytes when written out`);
}

/** Of what comes with a call, what its decision keeps. */
const recordedBytes = ({ recorded_args, recorded_input }: EnforceRequest): number =>
  Buffer.byteLength(JSON.stringify([recorded_args, recorded_input]));

export type Enforce = (request: EnforceRequest, context: RequestContext) => Promise<EnforceReply>;

/**
 * May this call run now? Policy, then approval, then the durable record, then the answer. Whatever fails on the way
 * throws, and the caller was not allowed.
 */
export function createEnforce(bus: Bus, allowance: Allowance, now: () => Date): Enforce {
  const record = createDecisionLog(bus, now);
  const questions = createQuestions(bus);
  const answerAgain = createAnswerAgain({ bus, now, record, questions });

  const rule = async (request: EnforceRequest, context: RequestContext): Promise<Ruling> => {
    const said = await questions.rule(request, context);
    const verdict = withReasonsToAsk(said, request.review_because);
    return { request, call: recordCall(request.call), verdict, ruledAt: now().toISOString() };
  };

  const earlierFor = async (
    { idempotency_key: key, call, dispatch }: EnforceRequest,
    deadlineMs: number,
  ): Promise<Kept | undefined> => {
    if (key === undefined) return undefined;
    // An answer that is given again is no record of another dispatch.
    if (dispatch) throw new AppError('invalid_request', 'idempotency_key: leave it out beside a dispatch');
    return record.earlier(keyDigestOf(call.principal, key), recordCall(call).call_digest, deadlineMs);
  };

  const consume = async (
    ruling: Ruling,
    approval: Approval,
    context: RequestContext,
  ): Promise<Answer | undefined> => {
    const allowed = finish(ruling, { outcome: 'allowed', reasons: [], approval }, context, now());
    const used = await questions.use(ruling, approval.approval_id, handedOver(allowed), context);
    if (used.earlier === undefined) return used.consumed ? { reply: allowed.reply } : undefined;
    const earlier = await earlierFor(ruling.request, context.deadlineMs);
    return earlier && { earlier };
  };

  /** What the person says, where one was asked; the rule's own word where none was. */
  const decideByPerson = async (
    ruling: Ruling,
    context: RequestContext,
    rules: Decided | 'review',
  ): Promise<Answer> => {
    const look = rules === 'review' ? questions.approval : questions.standing;
    // Somebody may use up the approval between our look and our use; then we look again.
    return retryOnConflict(async () => {
      const seen = await look(ruling, context);
      const decided = decideWithReply(ruling, seen, rules);
      if (decided === 'consume') {
        const answer = seen.approval && (await consume(ruling, seen.approval, context));
        if (answer) return answer;
      } else if (decided !== 'review') {
        return record.store(finish(ruling, decided, context, now()), context.deadlineMs);
      }
      throw new AppError('version_conflict', 'The approval changed while it was used; ask again.');
    });
  };

  const decide = (ruling: Ruling, context: RequestContext): Promise<Answer> => {
    const rules = decideWithoutApproval(ruling);
    if (rules === 'review' || rules.outcome === 'allowed') return decideByPerson(ruling, context, rules);
    return record.store(finish(ruling, rules, context, now()), context.deadlineMs);
  };

  return async (request, context) => {
    checkSize(request.call);
    const kept = await earlierFor(request, context.deadlineMs);
    const ruling = await rule(request, context);
    // What a rule lets through is work that somebody wants done, and has no bound here.
    if (kept !== undefined || !ruling.verdict.allowed)
      allowance.take(context.caller ?? request.call, recordedBytes(request));
    const answer = kept ? { earlier: kept } : await decide(ruling, context);
    return 'reply' in answer ? answer.reply : answerAgain(answer.earlier, ruling, context);
  };
}
