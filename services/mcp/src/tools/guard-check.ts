import { type CheckReply, NO_ARGUMENTS, policyCheck } from '@aegis/contracts/decision';
import { z } from 'zod';
import { READS } from './annotations.ts';
import { callFields } from './call-fields.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

const Output = z.looseObject({
  allowed: z.boolean().describe('Whether the policy allows the call without a person.'),
  approval_required: z.boolean().describe('Whether a person has to approve it.'),
  reasons: z.array(z.string()).describe('Why it is not simply allowed; empty when it is.'),
});

function sentence({ allowed, approval_required, reasons }: CheckReply): string {
  if (allowed) return 'The policy allows this call; before you make it, call firewall_enforce.';
  const why = reasons.join('; ');
  return approval_required
    ? `A person has to approve this call (${why}); call firewall_enforce to ask for it.`
    : `The policy blocks this call (${why}); do not make it.`;
}

/** `guard_check`: what the policy says about a call, without running or recording it. */
export const guardCheck = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'guard_check',
    title: 'Check a call against the policy',
    description:
      'Says what the policy thinks of a tool call, as advice: it gives no permission and asks nobody. ' +
      'Before you make the call, use firewall_enforce.',
    annotations: READS,
    input: z.strictObject(callFields, NO_ARGUMENTS),
    output: Output,
    async run(args, context, principal) {
      const reply = await deps.bus.ask(policyCheck, { ...args, principal, via: deps.via }, context);
      const { allowed, approval_required, reasons } = reply;
      return { text: sentence(reply), data: { allowed, approval_required, reasons } };
    },
  });
