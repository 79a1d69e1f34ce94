import type { RequestContext } from '@aegis/bus';
import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import {
  type Approval,
  ApprovalStatus,
  approvalsRequest,
  type RequestApproval,
  ruledOf,
} from '@aegis/contracts/approvals';
import { DryRunId, Note } from '@aegis/contracts/call';
import { policyCheck } from '@aegis/contracts/decision';
import { AppError } from '@aegis/kit/errors';
import { z } from 'zod';
import { RECORDS } from './annotations.ts';
import { callArgs, callFields } from './call-fields.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

/** Why the approval exists, whatever the rules say. */
const REQUESTED = 'Requested by the agent';
/** Of the rules; with the one above no more than an approval takes. */
const MOST_REASONS = 19;

const Input = z.strictObject({
  ...callFields,
  args: callArgs,
  reason: Note.optional().describe('Why you ask, for the person who decides.'),
  dry_run_id: DryRunId.optional().describe('Your name for this call; one is made where you give none.'),
});

const Output = z.looseObject({
  status: ApprovalStatus,
  approval_id: z.string().describe('What the person approves.'),
  dry_run_id: z.string().describe('Give it to firewall_enforce as meta.dry_run_id.'),
  trace_id: z.string().describe('Finds everything about this call in the audit log.'),
  decide_by: z.string().describe('Until when the person can decide (ISO 8601, UTC).'),
});

const again = (approval: Approval): string =>
  `call firewall_enforce with the same call and meta.dry_run_id = ${JSON.stringify(approval.dry_run_id)}`;

const OVER = {
  expired: 'nobody decided in time',
  cancelled: 'the question was taken back',
  superseded: 'the rules or the tool changed after it was asked',
  consumed: 'this approval has been used',
} as const;

/** The one sentence that tells a model what to do next. */
export function nextStep(approval: Approval): string {
  if (approval.status === 'pending') {
    const { approval_id, decide_by } = approval;
    return `Pending: do not make the call; ask a person to approve ${approval_id} by ${decide_by}, then ${again(approval)}.`;
  }
  if (approval.status === 'approved') return `Approved: before you make the call, ${again(approval)}.`;
  if (approval.status === 'denied') {
    return `Denied (${approval.denied_because}): do not make this call, and tell the person who asked for it why.`;
  }
  return `No longer open (${approval.status}): ${OVER[approval.status]}; do not make the call, and ask anew if it is still wanted.`;
}

/**
 * Asks under the rule that the call has now, so that the same people decide, by the same terms, as when the call is
 * enforced.
 *
 * @throws AppError `too_many_pending` where no more may wait
 */
async function ask(deps: ToolDeps, question: Omit<RequestApproval, 'reasons'>, context: RequestContext) {
  const { bus, via } = deps;
  const said = await bus.ask(policyCheck, { ...question.call, via, on_record: true }, context);
  const { rule, policy_digest, terms } = said;
  const reasons = [...said.reasons.slice(0, MOST_REASONS), REQUESTED];
  const reply = await bus.ask(
    approvalsRequest,
    { ...question, reasons, rule, policy_digest, terms, ...ruledOf(said) },
    context,
  );
  if (reply.refused !== undefined) throw new AppError('too_many_pending', reply.refused);
  if (reply.approval !== undefined) return { approval: reply.approval, nobody: reply.nobody };
  throw new AppError('approvals_unavailable', 'The approvals service gave an empty answer.');
}

/** `require_approval`: asks a person about a call, whatever the policy says about it. */
export const requireApproval = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'require_approval',
    title: 'Ask a person about a call',
    description:
      'Asks a person to approve one exact tool call, whatever the policy says about it. It gives no permission: once the ' +
      'person has approved, call firewall_enforce with the same tool, op, amount_cents and args, and ' +
      'meta.dry_run_id = the dry_run_id of this answer.',
    annotations: RECORDS,
    input: Input,
    output: Output,
    async run({ reason, dry_run_id, ...call }, context, principal) {
      const question = { call: { ...call, principal }, dry_run_id, reason };
      const { approval, nobody } = await ask(deps, question, context);
      const { status, approval_id, trace_id, decide_by } = approval;
      return {
        text:
          nobody && approval.status === 'pending'
            ? `${nextStep(approval)} ${NOBODY_APPROVES}.`
            : nextStep(approval),
        data: { status, approval_id, dry_run_id: approval.dry_run_id, trace_id, decide_by },
      };
    },
  });
