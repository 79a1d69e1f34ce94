import type { EventData } from '@aegis/contracts/events';
import type { Decider } from './decider.ts';

export type AgentWaiting = EventData<'aegis.agent.waiting.v1'>;

/** One more approval waits for people, if there is room. */
export type Join = {
  now: Date;
  principal: string;
  approval_id: string;
  /** Of those that are on the list, the ones that are known to be over. */
  over: readonly string[];
  /** How many of one agent may wait. */
  limit: number;
  /** How many of all agents wait, where that is as many as may. */
  ofAll?: number | undefined;
};

/** What an agent waits for since it asked last. */
export type WaitingEvent = { readonly type: 'aegis.agent.waiting.v1'; readonly data: AgentWaiting };

/** The list of what an agent waits for: what is over makes room, and nothing else does. */
export const waitingLists: Decider<AgentWaiting, Join, WaitingEvent> = {
  decide({ principal, approval_id, over, limit, ofAll }, state) {
    const others = (state?.approval_ids ?? []).filter((id) => !over.includes(id));
    if (others.length >= limit) {
      if (ofAll !== undefined)
        return {
          because: `${ofAll} calls of all callers wait for people already, which is the limit, and one of ${principal}'s among them: wait until some are decided`,
        };
      return {
        because: `${principal} has ${limit} calls waiting for people already, which is the limit: wait until some are decided, or cancel them`,
      };
    }
    const data = { ...state, principal, approval_ids: [...others, approval_id] };
    return { event: { type: 'aegis.agent.waiting.v1', data } };
  },
  evolve: (_, { data }) => data,
};
