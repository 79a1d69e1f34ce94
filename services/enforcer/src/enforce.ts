import { type Bus, type RequestContext, retryOnConflict } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { recordCall } from '@aegis/contracts/call-digest';
import type { EnforceReply, EnforceRequest } from '@aegis/contracts/decision';
import { decisionEvent } from '@aegis/contracts/decision-event';
import { AppError } from '@aegis/kit/errors';
import { newTraceId } from '@aegis/kit/trace';
import { type AnsweredDecision, answeredEvent, createDecisionLog, keyDigestOf } from './decision-log.ts';
import {
  type Decided,
  decideWithoutApproval,
  decideWithReply,
  factsOf,
  type Ruling,
  toReply,
  withReasonsToAsk,
} from './domain/decision.ts';
import { createQuestions } from './questions.ts';

export type Enforce = (request: EnforceRequest, context: RequestContext) => Promise<EnforceReply>;

/**
 * May this call run now? Policy, then approval, then the durable record, then the answer. Whatever fails on the way
 * throws, and the caller was not allowed.
 */
export function createEnforce(bus: Bus, now: () => Date): Enforce {
  const record = createDecisionLog(bus, now);
  const questions = createQuestions(bus);

  const rule = async (request: EnforceRequest, context: RequestContext): Promise<Ruling> => {
    const said = await questions.rule(request, context);
    const verdict = withReasonsToAsk(said, request.review_because);
    return { request, call: recordCall(request.call), verdict, ruledAt: now().toISOString() };
  };

  /** The finished decision: event and answer, whether it is stored by us or with the use of an approval. */
  const finish = (ruling: Ruling, decided: Decided, context: RequestContext): AnsweredDecision => {
    const { idempotency_key, call } = ruling.request;
    const keyDigest =
      idempotency_key === undefined ? undefined : keyDigestOf(call.principal, idempotency_key);
    const traceId = decided.approval?.trace_id ?? newTraceId();
    const facts = factsOf(ruling, decided, {
      idempotency_digest: keyDigest,
      caller_traceparent: context.traceparent,
    });
    const event = decisionEvent(facts, { source: 'enforcer', time: now().toISOString(), traceId });
    return { event, reply: toReply(event, traceId), keyDigest };
  };

  const consume = async (
    ruling: Ruling,
    approval: Approval,
    context: RequestContext,
  ): Promise<EnforceReply | undefined> => {
    const { event, reply, keyDigest } = finish(
      ruling,
      { outcome: 'allowed', reasons: [], approval },
      context,
    );
    const idempotency =
      keyDigest === undefined
        ? undefined
        : { key_digest: keyDigest, answered: answeredEvent(event.data.call.call_digest, reply, event.time) };
    const decision = { decision: event, idempotency };
    const { consumed, earlier } = await questions.use(ruling, approval, decision, context);
    if (earlier) return earlier;
    return consumed ? reply : undefined;
  };

  /** What the person says, where one was asked; the rule's own word where none was. */
  const decideByPerson = async (
    ruling: Ruling,
    context: RequestContext,
    rules: Decided | 'review',
  ): Promise<EnforceReply> => {
    const look = rules === 'review' ? questions.approval : questions.standing;
    // Somebody may use up the approval between our look and our use; then we look again.
    return retryOnConflict(async () => {
      const seen = await look(ruling, context);
      const decided = decideWithReply(ruling, seen, rules);
      if (decided === 'consume') {
        const reply = seen.approval && (await consume(ruling, seen.approval, context));
        if (reply) return reply;
      } else if (decided !== 'review') {
        return record.store(finish(ruling, decided, context), context.deadlineMs);
      }
      throw new AppError('version_conflict', 'The approval changed while it was used; ask again.');
    });
  };

  return async (request, context) => {
    const { idempotency_key, call, dispatch } = request;
    if (idempotency_key !== undefined) {
      // An answer that is given again is no record of another dispatch.
      if (dispatch) throw new AppError('invalid_request', 'idempotency_key: leave it out beside a dispatch');
      const keyDigest = keyDigestOf(call.principal, idempotency_key);
      const earlier = await record.earlier(keyDigest, recordCall(call).call_digest, context.deadlineMs);
      if (earlier) return earlier;
    }
    const ruling = await rule(request, context);
    const rules = decideWithoutApproval(ruling);
    if (rules === 'review' || rules.outcome === 'allowed') return decideByPerson(ruling, context, rules);
    return record.store(finish(ruling, rules, context), context.deadlineMs);
  };
}
