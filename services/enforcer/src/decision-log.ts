import { createHash } from 'node:crypto';
import { type Bus, isConflict } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { EnforceReply } from '@aegis/contracts/decision';
import type { DecisionEvent } from '@aegis/contracts/decision-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { readEvent } from '@aegis/contracts/read-event';
import { enforceLog, idempotencyLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';

/** One subject token for a caller's key; keys of different principals never meet. */
export const keyDigestOf = (principal: string, key: string): string =>
  createHash('sha256').update(`${principal}\0${key}`).digest('hex');

/** The answer's own record, stored in one batch with the decision that it answers. */
export const answeredEvent = (callDigest: string, reply: EnforceReply, time: string): Envelope =>
  createEvent({
    type: 'aegis.idempotency.answered.v1',
    source: 'enforcer',
    time,
    traceId: reply.trace_id,
    data: { call_digest: callDigest, reply },
  });

export type AnsweredDecision = {
  event: DecisionEvent;
  reply: EnforceReply;
  keyDigest?: string | undefined;
};

/**
 * How long an answer is given again. A retry comes within minutes of a lost answer; an `allowed` must not be had again for
 * ever, whatever the policy became.
 */
const KEPT_MS = 10 * 60_000;

export function createDecisionLog(bus: Bus, now: () => Date) {
  const isOver = (event: Envelope | undefined): boolean =>
    event === undefined || now().getTime() > Date.parse(event.time) + KEPT_MS;

  /** The answer given for this key, or undefined. @throws AppError `idempotency_key_reused` where it was another call's */
  const earlier = async (
    keyDigest: string,
    callDigest: string,
    deadlineMs: number,
  ): Promise<EnforceReply | undefined> => {
    const stored = await bus.read.last(idempotencyLog(keyDigest), deadlineMs);
    if (!stored) return undefined;
    const answered = readEvent(stored, 'aegis.idempotency.answered.v1');
    if (!answered)
      throw new AppError('storage_unavailable', 'The record of this idempotency key can not be read.');
    if (answered.data.call_digest !== callDigest) {
      throw new AppError(
        'idempotency_key_reused',
        'Idempotency-Key: was used for another call; use a new key.',
      );
    }
    if (isOver(stored.event)) {
      throw new AppError(
        'idempotency_key_expired',
        'Idempotency-Key: its answer is too old to be given again; use a new key.',
      );
    }
    return answered.data.reply;
  };

  return {
    earlier,
    /**
     * Stores a decision, durable before it is answered, and with a key its answer too, both or none.
     *
     * @returns the reply that stands: this one, or the one that an equal request stored first
     */
    async store({ event, reply, keyDigest }: AnsweredDecision, deadlineMs: number): Promise<EnforceReply> {
      const { data } = event;
      const decision = { subject: enforceLog(data.outcome), event };
      if (keyDigest === undefined) {
        await bus.commit(decision, deadlineMs);
        return reply;
      }
      const answered = answeredEvent(data.call.call_digest, reply, event.time);
      const facts = [decision, { subject: idempotencyLog(keyDigest), event: answered, expect: 0 }];
      try {
        await bus.append.all(facts, deadlineMs, false);
        return reply;
      } catch (thrown) {
        if (!isConflict(thrown)) throw thrown;
        const first = await earlier(keyDigest, data.call.call_digest, deadlineMs);
        if (first) return first;
        throw thrown;
      }
    },
  };
}
