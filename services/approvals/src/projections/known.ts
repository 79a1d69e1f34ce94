import type { Bus } from '@aegis/bus';
import { APPROVALS_LOG, GRANTS_LOG, POLICY_LOG, TOOLS_LOG } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { ApprovalIndex } from './approval-index.ts';
import { GrantIndex } from './grant-index.ts';
import { PolicyIndex } from './policy-index.ts';
import { createProjection } from './projection.ts';
import { ToolIndex } from './tool-index.ts';

/** What this service knows of the log. */
export const createKnown = (bus: Bus, log: Logger, startedMs: number) => ({
  approvals: createProjection(bus, 'approvals', APPROVALS_LOG, new ApprovalIndex(startedMs)),
  tools: createProjection(bus, 'tools', TOOLS_LOG, new ToolIndex(log)),
  grants: createProjection(bus, 'grants', GRANTS_LOG, new GrantIndex()),
  policies: createProjection(bus, 'policies', POLICY_LOG, new PolicyIndex()),
});
export type Known = ReturnType<typeof createKnown>;

/** What health says of it. */
export const problemsOf = (known: Known): (string | undefined)[] =>
  Object.values(known).map(({ problem }) => problem);
