import { NOBODY_APPROVES, standingAndNext, standingForCaller } from '@aegis/contracts/approval-words';
import { type Approval, QUESTION_TOOL, type RequestReply } from '@aegis/contracts/approvals';
import type {
  CheckReply,
  EnforceReply,
  EnforceRequest,
  Outcome,
  RecordedCall,
} from '@aegis/contracts/decision';
import type { DecisionEvent, DecisionFacts } from '@aegis/contracts/decision-event';

/** What the policy said of a call, and when. */
export type Ruling = { request: EnforceRequest; call: RecordedCall; verdict: CheckReply; ruledAt: string };

export type Decided = {
  outcome: Outcome;
  reasons: string[];
  /** What it stands on, and whose trace it goes on. */
  approval?: Pick<EnforceReply, 'approval_id' | 'dry_run_id' | 'trace_id'>;
};

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
    reasons: [...new Set([...verdict.reasons, ...because])],
  };
}

/** What a ruling means by itself; `review` needs an approval first. */
export function decideWithoutApproval({ verdict }: Ruling): Decided | 'review' {
  if (verdict.decision === 'review') return 'review';
  return { outcome: verdict.decision === 'allow' ? 'allowed' : 'blocked', reasons: verdict.reasons };
}

/** Who calls through the firewall names no run key, and hears there what to do instead. */
const IN_PATH: ReadonlySet<EnforceRequest['via']> = new Set(['wrap', 'proxy']);

/** What a ruling means with its approval; an approved one must be consumed before anything is allowed. */
function decideWithApproval({ verdict, request }: Ruling, approval: Approval): Decided | 'consume' {
  if (approval.status === 'approved' && approval.call.tool === QUESTION_TOOL) {
    const because = `Approval ${approval.approval_id} answers a question without a call, and opens none`;
    return { outcome: 'blocked', reasons: [...verdict.reasons, because], approval };
  }
  if (approval.status === 'approved') return 'consume';
  if (approval.status === 'pending') {
    // Where a rule allows it, somebody asked all the same, and the approval says why.
    return { outcome: 'pending', reasons: verdict.allowed ? approval.reasons : verdict.reasons, approval };
  }
  const standing = IN_PATH.has(request.via) ? standingForCaller(approval) : standingAndNext(approval);
  return { outcome: 'blocked', reasons: [...verdict.reasons, standing], approval };
}

/** What a ruling means with what the approvals service says of it; where it says nothing, the rule's own word stands. */
export function decideWithReply(
  ruling: Ruling,
  { approval, refused, nobody }: RequestReply,
  rules: Decided | 'review',
): Decided | 'review' | 'consume' {
  if (refused !== undefined) return { outcome: 'blocked', reasons: [...ruling.verdict.reasons, refused] };
  if (approval === undefined) return rules;
  const decided = decideWithApproval(ruling, approval);
  if (decided === 'consume' || decided.outcome !== 'pending' || nobody !== true) return decided;
  return { ...decided, reasons: [...decided.reasons, NOBODY_APPROVES] };
}

/** The fact that will be stored, as the record takes it. */
export function factsOf(ruling: Ruling, decided: Decided, more: Partial<DecisionFacts>): DecisionFacts {
  const { request, call, verdict, ruledAt } = ruling;
  const { client, door, dispatch, recorded_args, recorded_input, via } = request;
  const { approval, outcome, reasons } = decided;
  return {
    client,
    door,
    dispatch,
    recorded_args,
    recorded_input,
    call,
    ruling: { ...verdict, ruled_at: ruledAt },
    outcome,
    reasons,
    approval_id: approval?.approval_id,
    dry_run_id: approval?.dry_run_id ?? request.dry_run_id,
    via,
    ...more,
  };
}

/** The caller's answer, made of the fact alone. */
export function toReply(
  { id, data: { outcome, reasons, approval_id, dry_run_id } }: DecisionEvent,
  traceId: string,
): EnforceReply {
  return {
    allowed: outcome === 'allowed',
    approval_required: outcome === 'pending',
    status: outcome,
    reasons,
    approval_id,
    dry_run_id,
    trace_id: traceId,
    decision_id: id,
  };
}
