import { type Bus, retryOnConflict } from '@aegis/bus';
import type { ConsumeApproval, ConsumeReply } from '@aegis/contracts/approvals';
import { callDigest } from '@aegis/contracts/call-digest';
import type { DecisionEnforced } from '@aegis/contracts/decision';
import { readEvent } from '@aegis/contracts/read-event';
import { approvalLog, enforceLog, idempotencyLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { decide, standingSentence } from '../domain/approval.ts';
import { type Store, toEnvelope } from '../store.ts';
import type { Validity } from './validity.ts';

export type Consume = (request: ConsumeApproval, deadlineMs: number) => Promise<ConsumeReply>;

/** We write this decision for the enforcer, so we look at what it says: allowed, by this approval, for this call. */
function checkDecision({ approval_id, decision }: ConsumeApproval, digest: string): DecisionEnforced {
  const allowed = { subject: enforceLog('allowed'), event: decision };
  const data = readEvent(allowed, 'aegis.decision.enforced.v1')?.data;
  if (data?.approval_id === approval_id && data.call.call_digest === digest) return data;
  throw new AppError('invalid_request', 'decision: does not belong to this approval and this call');
}

/**
 * Uses an approval up, once: the use, the decision that it allows and the answer for the caller's key are one atomic
 * batch, compare-and-set on the approval.
 */
export function createConsume(bus: Bus, store: Store, validity: Validity, now: () => Date): Consume {
  /** Many who use one approval at once: all but the first only have to look. */
  const oneByOne = createKeyedMutex();
  const earlier = async (request: ConsumeApproval, digest: string, deadlineMs: number) => {
    if (!request.idempotency) return undefined;
    const stored = await bus.read.last(idempotencyLog(request.idempotency.key_digest), deadlineMs);
    const answered = readEvent(stored, 'aegis.idempotency.answered.v1')?.data;
    return answered?.call_digest === digest ? answered.reply : undefined;
  };

  const attempt = async (
    request: ConsumeApproval,
    data: DecisionEnforced,
    deadlineMs: number,
  ): Promise<ConsumeReply> => {
    const { approval_id, decision, idempotency, terms } = request;
    const digest = data.call.call_digest;
    const answered = await earlier(request, digest, deadlineMs);
    if (answered) return { consumed: true, earlier: answered };
    const loaded = await store.load(approval_id, deadlineMs);
    const { approval } = loaded ?? {};
    if (approval?.status === 'consumed' && approval.decision_id === decision.id) return { consumed: true };
    const supersededBecause = approval && (await validity.whyNot(approval, data.policy_digest, deadlineMs));
    const at = now();
    const command = {
      type: 'consume',
      now: at,
      call_digest: digest,
      decision_id: decision.id,
      terms,
      supersededBecause,
    } as const;
    const decided = decide(command, approval);
    if (!('event' in decided)) return { consumed: false, because: decided.because };
    const event = toEnvelope(decided.event, command.now, { before: approval });
    const guarded = { subject: approvalLog(approval_id), event, expect: loaded?.seq ?? 0 };
    if (decided.event.name !== 'consumed') {
      await bus.append.one(guarded, deadlineMs);
      return { consumed: false, because: standingSentence(decided.event.approval) };
    }
    const answer = idempotency
      ? [{ subject: idempotencyLog(idempotency.key_digest), event: idempotency.answered, expect: 0 }]
      : [];
    await bus.append.all(
      [guarded, { subject: enforceLog('allowed'), event: decision }, ...answer],
      deadlineMs,
      false,
    );
    return { consumed: true };
  };

  return async (request, deadlineMs) => {
    const digest = callDigest(request.call);
    const data = checkDecision(request, digest);
    return oneByOne(request.approval_id, () => retryOnConflict(() => attempt(request, data, deadlineMs)));
  };
}
