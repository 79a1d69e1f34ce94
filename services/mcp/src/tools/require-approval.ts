import type { Approval } from '@aegis/shared/contracts/approvals';
import { DryRunId, Note } from '@aegis/shared/contracts/call';
import { approvalsRequest } from '@aegis/shared/contracts/rpc';
import { z } from 'zod';
import { RECORDS } from './annotations.ts';
import { callArgs, callFields } from './call-fields.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

/** Why the approval exists, where no rule asked for it. */
const REASONS = ['Requested by the agent'];

const Input = z.strictObject({
  ...callFields,
  args: callArgs,
  reason: Note.optional().describe('Why you ask, for the person who decides.'),
  dry_run_id: DryRunId.optional().describe('Your name for this call; one is made where you give none.'),
});

const Output = z.looseObject({
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled', 'consumed']),
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
      const { approval } = await deps.bus.ask(
        approvalsRequest,
        { call: { ...call, principal }, dry_run_id, reason, reasons: REASONS },
        context,
      );
      const { status, approval_id, trace_id, decide_by } = approval;
      return {
        text: nextStep(approval),
        data: { status, approval_id, dry_run_id: approval.dry_run_id, trace_id, decide_by },
      };
    },
  });
