import { WriteAudit, auditWrite as writeAudit } from '@aegis/contracts/audit';
import { z } from 'zod';
import { RECORDS } from './annotations.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

const { action, tool, ok, note } = WriteAudit.shape;

const Input = z.strictObject({
  action: action.describe('What happened, in a few words, such as "refund sent".'),
  tool: tool.describe('The tool that it was done with.'),
  ok: ok.describe('Whether it went well.'),
  note: note.describe('Anything that a later reader should know. No secrets.'),
});

const Output = z.looseObject({
  ok: z.boolean().describe('true: the entry is stored.'),
  trace_id: z.string().describe('Finds the entry in the audit log.'),
  path: z.string().describe('The audit log that it goes to.'),
});

/** `audit_write`: an entry of the agent's own in the audit log. */
export const auditWrite = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'audit_write',
    title: 'Write to the audit log',
    description:
      'Adds an entry of your own to the audit log, such as how a call ended. Decisions and approvals are recorded ' +
      'without it. An entry can not be changed or removed.',
    annotations: RECORDS,
    input: Input,
    output: Output,
    async run(args, context, principal) {
      const data = await deps.bus.ask(writeAudit, { ...args, principal, via: deps.via }, context);
      return { text: `Stored in the audit log as trace ${data.trace_id}.`, data };
    },
  });
