import type { RequestContext } from '@aegis/bus';
import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import {
  type Approval,
  ApprovalStatus,
  approvalsOwn,
  approvalsRequest,
  QUESTION_TOOL,
  type RequestApproval,
  ruledOf,
} from '@aegis/contracts/approvals';
import { Note } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { approvalsRedeem } from '@aegis/contracts/codes';
import { policyCheck } from '@aegis/contracts/decision';
import { isOneKey, nameWhatWasSent, ONE_KEY, runKeyFields, runKeyOf } from '@aegis/contracts/run-key';
import { AppError } from '@aegis/kit/errors';
import { z } from 'zod';
import { RECORDS } from './annotations.ts';
import { callArgs, callFields } from './call-fields.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

/** Why the approval exists, also where a rule allows the call. */
const REQUESTED = 'Requested by the agent';
/** Of the rules; with the one above no more than an approval takes. */
const MOST_REASONS = 19;

const Input = z
  .strictObject({
    ...callFields,
    tool: callFields.tool.optional(),
    args: callArgs,
    reason: Note.optional().describe('Why you ask, for the person who decides.'),
    run_key: runKeyFields.run_key.describe(
      'Your name for this call; one is made where you give none. Without tool: the question that waits under it, or, with a reason, a question to a person.',
    ),
    dry_run_id: runKeyFields.dry_run_id.describe('The older name of run_key.'),
    approval_code: z
      .string()
      .min(1, 'expected the code that a person told you, and nothing where you have none')
      .max(1024)
      .optional()
      .describe(
        'The code that a person told you for this run_key. Never guess one: three wrong ones deny the call.',
      ),
  })
  .refine(isOneKey, ONE_KEY)
  .refine((given) => given.tool !== undefined || runKeyOf(given) !== undefined, {
    path: ['tool'],
    message: 'required, or else run_key',
  })
  .refine((given) => given.approval_code === undefined || runKeyOf(given) !== undefined, {
    path: ['run_key'],
    message: 'required beside approval_code: the one of the answer that said pending',
  })
  .superRefine(({ tool, op, amount_cents, args }, context) => {
    if (tool !== undefined) return;
    for (const [name, value] of Object.entries({ op, amount_cents, args })) {
      if (value !== undefined)
        context.addIssue({ code: 'custom', path: [name], message: 'belongs to a call: give its tool, too' });
    }
  });
type Input = z.output<typeof Input>;

const Output = z.looseObject({
  status: ApprovalStatus,
  approval_id: z.string().describe('What the person approves.'),
  run_key: z.string().describe('Give it to firewall_enforce as meta.run_key.'),
  dry_run_id: z.string().describe('The same, by its older name.'),
  trace_id: z.string().describe('Finds everything about this call in the audit log.'),
  decide_by: z.string().describe('Until when the person can decide (ISO 8601, UTC).'),
});

const again = ({ call, dry_run_id }: Approval): string =>
  call.tool === QUESTION_TOOL
    ? `call require_approval with run_key = ${JSON.stringify(dry_run_id)}`
    : `call firewall_enforce with the same call and meta.run_key = ${JSON.stringify(dry_run_id)}`;

const OVER = {
  expired: 'nobody decided, or nobody used it, in time',
  cancelled: 'the question was taken back',
  consumed: 'this approval has been used',
} as const;

/** The one sentence that tells a model what to do next. */
export function nextStep(approval: Approval): string {
  const isQuestion = approval.call.tool === QUESTION_TOOL;
  if (approval.status === 'pending') {
    const { approval_id, decide_by } = approval;
    if (isQuestion)
      return `Pending: a person has to answer ${approval_id} by ${decide_by}; to hear the answer, ${again(approval)}.`;
    return `Pending: do not make the call; ask a person to approve ${approval_id} by ${decide_by}, then ${again(approval)}.`;
  }
  if (approval.status === 'approved' && isQuestion)
    return 'Approved: the person said yes, which is on record. It permits no call: ask for each with firewall_enforce.';
  if (approval.status === 'approved') return `Approved: before you make the call, ${again(approval)}.`;
  if (approval.status === 'denied' && isQuestion)
    return `Denied (${approval.denied_because}): the person said no; tell the person who asked for it why.`;
  if (approval.status === 'denied') {
    return `Denied (${approval.denied_because}): do not make this call, and tell the person who asked for it why.`;
  }
  const why = approval.status === 'superseded' ? approval.superseded_because : OVER[approval.status];
  return `No longer open (${approval.status}): ${why}; do not make the call, and ask anew if it is still wanted.`;
}

const denied = (reasons: readonly string[]): string =>
  `tool: the policy denies this call (${reasons.join('; ')}), so no approval helps and nobody is asked: do not make this call.`;

const nothingUnder = (dryRunId: string): string =>
  `run_key: you asked nothing under ${JSON.stringify(dryRunId)}. Correct it, or give the tool of the call that it is for; to ask a person something without a call, write the question in reason.`;

/**
 * Asks under the rule that the call has now, so that the same people decide, by the same terms, as when the call is
 * enforced.
 *
 * @throws AppError `too_many_pending` where no more may wait; `invalid_request` where the policy denies the call, and a yes
 * would open nothing
 */
async function ask(deps: ToolDeps, question: Omit<RequestApproval, 'reasons'>, context: RequestContext) {
  const { bus, via } = deps;
  const said = await bus.ask(policyCheck, { ...question.call, via, on_record: true }, context);
  const { rule, policy_digest, terms } = said;
  if (question.call.tool !== QUESTION_TOOL && !said.allowed && !said.approval_required)
    throw new AppError('invalid_request', denied(said.reasons));
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

/** A question without a call: by its key, and what the agent says about it. */
const questionOf = (principal: string, dry_run_id: string | undefined, reason: string | undefined) => ({
  call: { tool: QUESTION_TOOL, args: { dry_run_id }, principal },
  dry_run_id,
  reason,
  no_grant: true as const,
});

/** What the agent has to know: a standing approval, and whether anybody is there to decide it. */
type Told = { approval: Approval; nobody?: boolean | undefined; because?: string | undefined };

/** A call of its own that is over is told as it is; a question that is over is asked anew. */
const isAnswer = ({ status, call }: Approval): boolean =>
  call.tool !== QUESTION_TOOL || status === 'pending' || status === 'approved' || status === 'denied';

async function tell(deps: ToolDeps, given: Input, context: RequestContext, principal: string): Promise<Told> {
  const { bus } = deps;
  const { tool, op, amount_cents, args, reason, approval_code } = given;
  const dry_run_id = runKeyOf(given);
  const call = tool === undefined ? undefined : { tool, op, amount_cents, args, principal };
  if (approval_code !== undefined && dry_run_id !== undefined) {
    const call_digest = call && callDigest(call);
    const code = { id: dry_run_id, principal, approval_code, call_digest };
    const { approval, counted, because } = await bus.ask(approvalsRedeem, code, context);
    return { approval, because: counted ? undefined : because };
  }
  if (call) return ask(deps, { call, dry_run_id, reason }, context);
  const { approval } = await bus.ask(approvalsOwn, { dry_run_id: dry_run_id ?? '', principal }, context);
  if (approval && isAnswer(approval)) return { approval };
  const why = reason ?? approval?.reason;
  // A name that was mistyped is no question: nobody could answer it.
  if (why === undefined) throw new AppError('invalid_request', nothingUnder(dry_run_id ?? ''));
  return ask(deps, questionOf(principal, dry_run_id, why), context);
}

const textOf = ({ approval, nobody, because }: Told): string => {
  const isWrong = because !== undefined && approval.status === 'pending';
  return [
    ...(isWrong ? [`The code was not taken: ${because}.`] : []),
    nextStep(approval),
    ...(nobody && approval.status === 'pending' ? [`${NOBODY_APPROVES}.`] : []),
  ].join(' ');
};

/** `require_approval`: asks a person about a call, also about one that needs no word, and takes the code that they tell. */
export const requireApproval = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'require_approval',
    title: 'Ask a person about a call',
    description:
      'Asks a person to approve one exact tool call, also one that the policy allows. It gives no permission: once the ' +
      'person has approved, call firewall_enforce with the same tool, op, amount_cents and args, and ' +
      'meta.run_key = the run_key of this answer. With run_key alone it says how that question stands; with ' +
      'run_key and reason it asks the person without a call. A person may tell you a code: give it as approval_code, with the run_key.',
    annotations: RECORDS,
    input: Input,
    output: Output,
    async run(given, context, principal) {
      const told = await tell(deps, given, context, principal).catch(nameWhatWasSent(given, ''));
      const { status, approval_id, trace_id, decide_by, dry_run_id } = told.approval;
      return {
        text: textOf(told),
        data: { status, approval_id, run_key: dry_run_id, dry_run_id, trace_id, decide_by },
      };
    },
  });
