import { createHash } from 'node:crypto';
import type { RequestContext } from '@aegis/bus';
import type { ConsumeApproval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { EnforceReply } from '@aegis/contracts/decision';
import { type DecisionEvent, decisionEvent } from '@aegis/contracts/decision-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { newTraceId } from '@aegis/kit/trace';
import { type Decided, factsOf, type Ruling, toReply } from './domain/decision.ts';

/** One subject token for a caller's key; keys of different principals never meet. */
export const keyDigestOf = (principal: string, key: string): string =>
  createHash('sha256').update(`${principal}\0${key}`).digest('hex');

/** A decision that is ready to be stored, and its answer. */
export type Finished = { event: DecisionEvent; reply: EnforceReply; keyDigest?: string | undefined };

/** The answer's own record, stored in one batch with the decision that it answers. */
export const answeredEvent = ({ event, reply }: Finished): Envelope =>
  createEvent({
    type: 'aegis.idempotency.answered.v1',
    source: 'enforcer',
    time: event.time,
    traceId: reply.trace_id,
    data: { call_digest: event.data.call.call_digest, reply },
  });

/** The finished decision: event and answer, whether it is stored by us or with the use of an approval. */
export function finish(ruling: Ruling, decided: Decided, context: RequestContext, now: Date): Finished {
  const { idempotency_key, call } = ruling.request;
  const keyDigest = idempotency_key === undefined ? undefined : keyDigestOf(call.principal, idempotency_key);
  const traceId = decided.approval?.trace_id ?? newTraceId();
  const facts = factsOf(ruling, decided, {
    idempotency_digest: keyDigest,
    caller_traceparent: context.traceparent,
  });
  const event = decisionEvent(facts, { source: 'enforcer', time: now.toISOString(), traceId });
  return { event, reply: toReply(event, traceId), keyDigest };
}

/** What approvals stores with the use of an approval: the decision, and under a key its answer. */
export function handedOver(finished: Finished): Pick<ConsumeApproval, 'decision' | 'idempotency'> {
  const { event, keyDigest } = finished;
  if (keyDigest === undefined) return { decision: event };
  return { decision: event, idempotency: { key_digest: keyDigest, answered: answeredEvent(finished) } };
}
