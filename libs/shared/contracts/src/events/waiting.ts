import { waitingLog } from '../subjects.ts';
import { AgentWaiting, agentDigest } from '../waiting.ts';
import { event } from './event.ts';

export const WAITING_DEFINITIONS = {
  'aegis.agent.waiting.v1': event({
    schema: AgentWaiting,
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
