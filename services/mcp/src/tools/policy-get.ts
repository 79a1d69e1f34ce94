import { policyGet as getPolicy } from '@aegis/contracts/policy';
import { z } from 'zod';
import { READS } from './annotations.ts';
import { defineTool, type Tool, type ToolDeps } from './tool.ts';

const Output = z.looseObject({
  policy: z.record(z.string(), z.unknown()).describe('The policy as it was written.'),
  path: z.string().describe('The file that it came from.'),
  digest: z.string().describe('Digest of the policy; decisions name it.'),
  version: z.int().describe('Version of the policy format: 1 or 2.'),
});

/** `policy_get`: the policy in force. */
export const policyGet = (deps: ToolDeps): Tool =>
  defineTool(deps, {
    name: 'policy_get',
    title: 'Show the policy',
    description:
      'Shows the policy in force: which tool calls are allowed, which are blocked and which need a person. ' +
      'To learn about one call, use guard_check instead.',
    annotations: READS,
    input: z.strictObject({}),
    output: Output,
    async run(_args, context) {
      const data = await deps.bus.ask(getPolicy, {}, context);
      return { text: `The policy in force is version ${data.version} from ${data.path}.`, data };
    },
  });
