import { IdempotencyKey, Note } from '@aegis/contracts/call';
import { type EnforceReply, enforce } from '@aegis/contracts/decision';
import {
  INSIDE_META,
  isOneKey,
  nameWhatWasSent,
  ONE_KEY,
  runKeyFields,
  runKeyOf,
  withRunKey,
} from '@aegis/contracts/run-key';
import { z } from 'zod';
import { RECORDS } from './annotations.ts';
import { callArgs, callFields } from './call-fields.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

const Meta = z
  .looseObject({
    run_key: runKeyFields.run_key.describe(
      'Your name for this call. After an approval, give the run_key of the pending answer.',
    ),
    dry_run_id: runKeyFields.dry_run_id.describe('The older name of run_key.'),
    reason: Note.optional().describe('Why you want to make the call, for the person who decides.'),
  })
  .refine(isOneKey, ONE_KEY)
  .optional()
  .describe('About the call; not part of it. Other fields are accepted and not kept.');

const Input = z.strictObject(
  {
    ...callFields,
    args: callArgs,
    meta: Meta,
    idempotency_key: IdempotencyKey.optional().describe(
      'A new random text for each call that you want to make. If the answer is lost, ask again with the same key to get the same answer.',
    ),
  },
  INSIDE_META,
);

const Output = z.looseObject({
  allowed: z.boolean().describe('true: make the call now. Anything else: do not.'),
  approval_required: z.boolean().describe('Whether a person has to approve it first.'),
  status: z.enum(['allowed', 'pending', 'blocked']),
  reasons: z.array(z.string()).describe('Why it is not simply allowed.'),
  approval_id: z.string().optional().describe('What the person approves.'),
  run_key: z.string().optional().describe('Give it as meta.run_key when you ask again.'),
  dry_run_id: z.string().optional().describe('The same, by its older name.'),
  trace_id: z.string().describe('Finds everything about this call in the audit log.'),
  decision_id: z.string().optional().describe('The event that has this very answer on record.'),
  replayed: z.boolean().optional().describe('true: this idempotency_key was answered before.'),
});

const why = (reasons: readonly string[]): string => (reasons.length === 0 ? '' : ` (${reasons.join('; ')})`);

/** The one sentence that tells a model what to do next. */
export function nextStep(reply: EnforceReply): string {
  if (reply.allowed && reply.status === 'allowed') {
    if (reply.replayed) {
      return 'Allowed, as this key was answered before: make this call only if you have not made it yet, once.';
    }
    return 'Allowed: make this call now, once, exactly as you described it.';
  }
  if (reply.status === 'pending') {
    const asked = reply.approval_id ?? 'it';
    const key = JSON.stringify(reply.dry_run_id ?? reply.approval_id);
    return (
      `Pending${why(reply.reasons)}: do not make the call; ask a person to approve ${asked}, then call ` +
      `firewall_enforce again with the same call and meta.run_key = ${key}.`
    );
  }
  return `Blocked${why(reply.reasons)}: do not make this call, and tell the person who asked for it why.`;
}

/** `firewall_enforce`: may this call run now? Blocked and pending are answers, not errors. */
export const firewallEnforce = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'firewall_enforce',
    title: 'Ask permission for a call',
    description:
      'Ask this before every tool call that has an effect, with the call exactly as you will make it. ' +
      'Make the call only if the answer has allowed: true. status pending: a person has to approve it; wait for that and ' +
      'ask again with meta.run_key = the run_key of the answer. status blocked: do not make the call. ' +
      'An error is never a permission. Each permission is for one call, and is recorded.',
    annotations: RECORDS,
    input: Input,
    output: Output,
    async run({ meta, idempotency_key, ...call }, context, principal) {
      const asked = deps.bus.ask(
        enforce,
        {
          call: { ...call, principal },
          dry_run_id: meta && runKeyOf(meta),
          idempotency_key,
          reason: meta?.reason,
          via: deps.via,
        },
        context,
      );
      const data = await asked.catch(nameWhatWasSent(meta, 'meta.'));
      return { text: nextStep(data), data: withRunKey(data) };
    },
  });
