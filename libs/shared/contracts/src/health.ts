import { z } from 'zod';
import { Empty, rpc } from './rpc.ts';

/** How a part is, in sentences for people: `problems`, empty when all is well, and `warnings` of what is not one yet. */
export const HealthReply = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  problems: z.array(z.string()),
  warnings: z.array(z.string()).optional(),
});
export type HealthReply = z.infer<typeof HealthReply>;

/** Who answers on the bus how it is. */
export const WITH_HEALTH = ['policy', 'enforcer', 'approvals', 'notifier', 'audit', 'mcp'] as const;

export const healthOf = (service: (typeof WITH_HEALTH)[number]) =>
  rpc(service, 'health', Empty, HealthReply, { askedBy: ['gateway'] });
