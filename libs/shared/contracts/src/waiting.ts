import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ApprovalId } from './approvals.ts';
import { Principal } from './call.ts';

/** `aegis.agent.waiting.v1`: the approvals that an agent waited for when it asked last; the newest at the end. */
export const AgentWaiting = z.strictObject({
  principal: Principal.describe('the agent'),
  approval_ids: z.array(ApprovalId).describe('the approvals that it waited for then, the newest at the end'),
});
export type AgentWaiting = z.infer<typeof AgentWaiting>;

/** One subject token for an agent, whatever its name is. */
export const agentDigest = (principal: string): string =>
  createHash('sha256').update(principal).digest('hex');
