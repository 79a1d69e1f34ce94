import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ApprovalId } from '../approvals.ts';
import { Principal } from '../call.ts';
import { waitingLog } from '../subjects.ts';
import { event } from './event.ts';

/** One subject token for an agent, whatever its name is. */
export const agentDigest = (principal: string): string =>
  createHash('sha256').update(principal).digest('hex');

export const WAITING_DEFINITIONS = {
  'aegis.agent.waiting.v1': event({
    schema: z.strictObject({
      principal: Principal.describe('the agent'),
      approval_ids: z.array(ApprovalId).describe('what it waited for then, the newest at the end'),
    }),
    channel: {
      id: 'waiting',
      title: 'Calls of an agent that wait',
      subject: waitingLog,
      parameter: {
        description: 'SHA-256 of the principal, in hexadecimal.',
        of: ({ principal }) => agentDigest(principal),
      },
    },
    sentence:
      'An agent asked for one more approval. Written by compare-and-set together with it, which keeps the limit of what may wait.',
    audit: ({ approval_ids: { length } }) => ({
      note: length === 1 ? '1 call waits for a person' : `${length} calls wait for a person`,
    }),
  }),
};
