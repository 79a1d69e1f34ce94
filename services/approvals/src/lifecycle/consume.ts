import { mendIt } from '@aegis/bus';
import type { Approval, ConsumeApproval, ConsumeReply } from '@aegis/contracts/approvals';
import { callDigest } from '@aegis/contracts/call-digest';
import type { DecisionEnforced, EnforceReply } from '@aegis/contracts/decision';
import { readEvent } from '@aegis/contracts/read-event';
import { enforceLog, idempotencyLog } from '@aegis/contracts/subjects';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { type ApprovalCommand, standingSentence } from '../domain/approval.ts';
import { becauseOf } from '../domain/decider.ts';
import { sameTerms, TERMS_CHANGED } from '../domain/terms.ts';
import type { Ground } from '../ground.ts';
import { type Loaded, NOTHING } from '../store.ts';
import type { Validity } from './validity.ts';

export type Consume = (request: ConsumeApproval, deadlineMs: number) => Promise<ConsumeReply>;

/** We write this decision for the enforcer, so we look at what it says: allowed, by this approval, for this call. */
function checkDecision({ approval_id, decision }: ConsumeApproval, digest: string): DecisionEnforced {
  const allowed = { subject: enforceLog('allowed'), event: decision };
  const data = readEvent(allowed, 'aegis.decision.enforced.v1')?.data;
  if (data?.approval_id === approval_id && data.call.call_digest === digest) return data;
  throw new AppError('invalid_request', 'decision: does not belong to this approval and this call');
}

/** The answer that stands under the key, or why what it was given on does not count any more. */
function answerAgain(
  earlier: EnforceReply,
  approval: Approval,
  terms: ApprovalTerms | undefined,
  supersededBecause: string | undefined,
): ConsumeReply {
  if (!earlier.allowed) return { consumed: true, earlier };
  const isItsUse = approval.status === 'consumed' && approval.decision_id === earlier.decision_id;
  const because =
    (isItsUse ? undefined : standingSentence(approval)) ??
    (sameTerms(terms, approval.terms) ? supersededBecause : TERMS_CHANGED);
  return because === undefined ? { consumed: true, earlier } : { consumed: false, because };
}

/**
 * Uses an approval up, once: the use, the decision that it allows and the answer for the caller's key are one atomic
 * batch, compare-and-set on the approval.
 */
export function createConsume({ bus, store, now }: Ground, validity: Validity): Consume {
  /** Many who use one approval at once: all but the first only have to look. */
  const oneByOne = createKeyedMutex();
  const earlier = async (request: ConsumeApproval, digest: string, deadlineMs: number) => {
    if (!request.idempotency) return undefined;
    const subject = idempotencyLog(request.idempotency.key_digest);
    const stored = await bus.read.last(subject, deadlineMs);
    const answered = readEvent(stored, 'aegis.idempotency.answered.v1')?.data;
    if (stored && !answered) {
      const detail = `The record of this idempotency key can not be read: ${mendIt(subject)}.`;
      throw new AppError('storage_unavailable', detail);
    }
    return answered?.call_digest === digest ? answered.reply : undefined;
  };

  const attempt = async (
    request: ConsumeApproval,
    data: DecisionEnforced,
    deadlineMs: number,
  ): Promise<ConsumeReply> => {
    const { approval_id, decision, idempotency, terms } = request;
    const call_digest = data.call.call_digest;
    const isUsedByThis = (approval: Approval | undefined): boolean =>
      approval?.status === 'consumed' && approval.decision_id === decision.id;
    let answered: ConsumeReply | undefined;
    const use = async ({ state }: Loaded<Approval | undefined>): Promise<ApprovalCommand | undefined> => {
      const before = await earlier(request, call_digest, deadlineMs);
      const said = { policyDigest: data.policy_digest, rule: data.rule };
      const supersededBecause = state && (await validity.whyNot(state, said, deadlineMs));
      answered = before && state && answerAgain(before, state, terms, supersededBecause);
      if (answered || isUsedByThis(state)) return undefined;
      const used = { call_digest, decision_id: decision.id, terms, supersededBecause };
      return { type: 'consume', now: now(), ...used };
    };
    const answer = idempotency
      ? [{ subject: idempotencyLog(idempotency.key_digest), event: idempotency.answered, expect: 0 }]
      : [];
    const allowed = [{ subject: enforceLog('allowed'), event: decision }, ...answer];
    const from = (await store.load(approval_id, deadlineMs)) ?? NOTHING;
    const { state, decision: done } = await store.handle<Approval | undefined>(
      approval_id,
      from,
      use,
      deadlineMs,
      {
        append: (fact, { type }) =>
          type === 'aegis.approval.consumed.v1'
            ? bus.append.all([fact, ...allowed], deadlineMs, false)
            : bus.append.one(fact, deadlineMs),
      },
    );
    if (answered) return answered;
    if (isUsedByThis(state)) return { consumed: true };
    return { consumed: false, because: becauseOf(done) ?? (state && standingSentence(state)) };
  };

  return async (request, deadlineMs) => {
    const data = checkDecision(request, callDigest(request.call));
    return oneByOne(request.approval_id, () => attempt(request, data, deadlineMs));
  };
}
