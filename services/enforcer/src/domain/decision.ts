import type { Approval, RequestReply } from '@aegis/contracts/approvals';
import type {
  CheckReply,
  DecisionEnforced,
  EnforceReply,
  EnforceRequest,
  Outcome,
  RecordedCall,
} from '@aegis/contracts/decision';

/** What the policy said of a call, and when. */
export type Ruling = { request: EnforceRequest; call: RecordedCall; verdict: CheckReply; ruledAt: string };

export type Decided = { outcome: Outcome; reasons: string[]; approval?: Approval };

/**
 * The policy's word, and where the caller knows a reason of its own to ask a person, that too. A denial stays one: no
 * approval helps there.
 */
export function withReasonsToAsk(verdict: CheckReply, because: readonly string[] | undefined): CheckReply {
  if (because === undefined || verdict.decision === 'deny') return verdict;
  return {
    ...verdict,
    decision: 'review',
    allowed: false,
    approval_required: true,
    reasons: [...verdict.reasons, ...because],
  };
}

/** What a ruling means by itself; `review` needs an approval first. */
export function decideWithoutApproval({ verdict }: Ruling): Decided | 'review' {
  if (verdict.decision === 'review') return 'review';
  return { outcome: verdict.decision === 'allow' ? 'allowed' : 'blocked', reasons: verdict.reasons };
}

/** What a ruling means with its approval; an approved one must be consumed before anything is allowed. */
function decideWithApproval({ verdict }: Ruling, approval: Approval): Decided | 'consume' {
  switch (approval.status) {
    case 'approved':
      return 'consume';
    case 'pending':
      // Where a rule allows it, somebody asked all the same, and the approval says why.
      return { outcome: 'pending', reasons: verdict.allowed ? approval.reasons : verdict.reasons, approval };
    case 'denied':
      return {
        outcome: 'blocked',
        reasons: [
          ...verdict.reasons,
          `Approval ${approval.approval_id} was denied: ${approval.denied_because}`,
        ],
        approval,
      };
    case 'cancelled':
      return {
        outcome: 'blocked',
        reasons: [
          ...verdict.reasons,
          `Approval ${approval.approval_id} is cancelled: ${approval.cancelled_because}`,
        ],
        approval,
      };
    case 'superseded':
      return {
        outcome: 'blocked',
        reasons: [
          ...verdict.reasons,
          `Approval ${approval.approval_id} is superseded: ${approval.superseded_because}`,
        ],
        approval,
      };
    case 'expired':
    case 'consumed':
      return {
        outcome: 'blocked',
        reasons: [...verdict.reasons, `Approval ${approval.approval_id} is ${approval.status}`],
        approval,
      };
  }
}

/** What a ruling means with what the approvals service says of it; where it says nothing, the rule's own word stands. */
export function decideWithReply(
  ruling: Ruling,
  { approval, refused }: RequestReply,
  rules: Decided | 'review',
): Decided | 'review' | 'consume' {
  if (refused !== undefined) return { outcome: 'blocked', reasons: [...ruling.verdict.reasons, refused] };
  return approval === undefined ? rules : decideWithApproval(ruling, approval);
}

/** The call as it is recorded: with the operation and the amount that the rule took from the arguments, where it did. */
function asRuled(call: RecordedCall, { op, amount_cents }: CheckReply): RecordedCall {
  return {
    ...call,
    ...(op === undefined ? {} : { op }),
    ...(amount_cents === undefined ? {} : { amount_cents }),
  };
}

/** What came with the call and is recorded beside it. Only a call that is let through is dispatched. */
function originOf({ client, door, dispatch, recorded_args }: EnforceRequest, outcome: Outcome) {
  return {
    ...(client === undefined ? {} : { client }),
    ...(door === undefined ? {} : { door }),
    ...(dispatch === undefined || outcome !== 'allowed' ? {} : { dispatch }),
    ...(recorded_args === undefined ? {} : { recorded_args }),
  };
}

/** The fact that will be stored: everything that a later reader needs to decide again. */
export function toEvent(ruling: Ruling, decided: Decided, more: Partial<DecisionEnforced>): DecisionEnforced {
  const { request, call, verdict, ruledAt } = ruling;
  const dryRunId = decided.approval?.dry_run_id ?? request.dry_run_id;
  return {
    ...originOf(request, decided.outcome),
    call: asRuled(call, verdict),
    outcome: decided.outcome,
    reasons: decided.reasons,
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
    policy_digest: verdict.policy_digest,
    policy_version: verdict.policy_version,
    ruled_at: ruledAt,
    ...(decided.approval === undefined ? {} : { approval_id: decided.approval.approval_id }),
    ...(dryRunId === undefined ? {} : { dry_run_id: dryRunId }),
    via: request.via,
    ...more,
  };
}

/** The caller's answer, made of the fact alone, and where it is on record. */
export function toReply(
  event: DecisionEnforced,
  { decisionId, traceId }: { decisionId: string; traceId: string },
): EnforceReply {
  return {
    allowed: event.outcome === 'allowed',
    approval_required: event.outcome === 'pending',
    status: event.outcome,
    reasons: event.reasons,
    ...(event.approval_id === undefined ? {} : { approval_id: event.approval_id }),
    ...(event.dry_run_id === undefined ? {} : { dry_run_id: event.dry_run_id }),
    trace_id: traceId,
    decision_id: decisionId,
  };
}
