import { type Bus, isConflict, mendIt } from '@aegis/bus';
import type { EnforceReply } from '@aegis/contracts/decision';
import { readEvent } from '@aegis/contracts/read-event';
import { enforceLog, idempotencyLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { answeredEvent, type Finished } from './finish.ts';

/** An answer that was given under a key, and when. */
export type Kept = { readonly keyDigest: string; readonly reply: EnforceReply; readonly answeredAt: string };

/** A decision's own answer, or the one that an equal request had first. */
export type Answer = { readonly reply: EnforceReply } | { readonly earlier: Kept };

/**
 * How long an answer is given again. A retry comes within minutes of a lost answer; an `allowed` must not be had again for
 * ever, whatever the policy became.
 */
const KEPT_MS = 10 * 60_000;

export type DecisionLog = ReturnType<typeof createDecisionLog>;

export function createDecisionLog(bus: Bus, now: () => Date) {
  /** The answer given for this key, or undefined. @throws AppError `idempotency_key_reused` where it was another call's */
  const earlier = async (
    keyDigest: string,
    callDigest: string,
    deadlineMs: number,
  ): Promise<Kept | undefined> => {
    const stored = await bus.read.last(idempotencyLog(keyDigest), deadlineMs);
    if (!stored) return undefined;
    const answered = readEvent(stored, 'aegis.idempotency.answered.v1');
    if (!answered || !stored.event) {
      const detail = `The record of this idempotency key can not be read: ${mendIt(idempotencyLog(keyDigest))}.`;
      throw new AppError('storage_unavailable', detail);
    }
    if (answered.data.call_digest !== callDigest) {
      throw new AppError(
        'idempotency_key_reused',
        'Idempotency-Key: was used for another call; use a new key.',
      );
    }
    const { time: answeredAt } = stored.event;
    if (now().getTime() > Date.parse(answeredAt) + KEPT_MS) {
      throw new AppError(
        'idempotency_key_expired',
        'Idempotency-Key: its answer is too old to be given again; use a new key.',
      );
    }
    return { keyDigest, reply: answered.data.reply, answeredAt };
  };

  return {
    earlier,
    /**
     * Stores a decision, durable before it is answered, and with a key its answer too, both or none: where an equal request
     * was first, nothing is stored.
     */
    async store(finished: Finished, deadlineMs: number): Promise<Answer> {
      const { event, reply, keyDigest } = finished;
      const { data } = event;
      const decision = { subject: enforceLog(data.outcome), event };
      if (keyDigest === undefined) {
        await bus.commit(decision, deadlineMs);
        return { reply };
      }
      const answered = { subject: idempotencyLog(keyDigest), event: answeredEvent(finished), expect: 0 };
      try {
        await bus.append.all([decision, answered], deadlineMs, false);
        return { reply };
      } catch (thrown) {
        if (!isConflict(thrown)) throw thrown;
        const first = await earlier(keyDigest, data.call.call_digest, deadlineMs);
        if (first) return { earlier: first };
        throw thrown;
      }
    },
  };
}
