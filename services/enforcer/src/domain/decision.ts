import type { Approval } from '@aegis/shared/contracts/approvals';
import type {
  CheckReply,
  DecisionEnforced,
  EnforceReply,
  EnforceRequest,
  Outcome,
  RecordedCall,
} from '@aegis/shared/contracts/decision';

/** What the policy said of a call, and when. */
export type Ruling = { request: EnforceRequest; call: RecordedCall; verdict: CheckReply; ruledAt: string };

export type Decided = { outcome: Outcome; reasons: string[]; approval?: Approval };

/** What a ruling means by itself; `review` needs an approval first. */
export function decideWithoutApproval({ verdict }: Ruling): Decided | 'review' {
  if (verdict.decision === 'review') return 'review';
  return { outcome: verdict.decision === 'allow' ? 'allowed' : 'blocked', reasons: verdict.reasons };
}

/** What a ruling means with its approval; an approved one must be consumed before anything is allowed. */
export function decideWithApproval({ verdict }: Ruling, approval: Approval): Decided | 'consume' {
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
    case 'expired':
    case 'consumed':
      return {
        outcome: 'blocked',
        reasons: [...verdict.reasons, `Approval ${approval.approval_id} is ${approval.status}`],
        approval,
      };
  }
}

/** The fact that will be stored: everything that a later reader needs to decide again. */
export function toEvent(ruling: Ruling, decided: Decided, more: Partial<DecisionEnforced>): DecisionEnforced {
  const { request, call, verdict, ruledAt } = ruling;
  const dryRunId = decided.approval?.dry_run_id ?? request.dry_run_id;
  return {
    call,
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

/** The caller's answer, made of the fact alone. */
export function toReply(event: DecisionEnforced, traceId: string): EnforceReply {
  return {
    allowed: event.outcome === 'allowed',
    approval_required: event.outcome === 'pending',
    status: event.outcome,
    reasons: event.reasons,
    ...(event.approval_id === undefined ? {} : { approval_id: event.approval_id }),
    ...(event.dry_run_id === undefined ? {} : { dry_run_id: event.dry_run_id }),
    trace_id: traceId,
  };
}
