import type { EventData } from '@aegis/contracts/events';

export type AgentWaiting = EventData<'aegis.agent.waiting.v1'>;

/** The agent's approvals that may still wait, without those that are known to be over. */
export const stillWaiting = (
  waiting: AgentWaiting | undefined,
  isOver: (approvalId: string) => boolean,
): readonly string[] => (waiting?.approval_ids ?? []).filter((id) => !isOver(id));

/** One more approval waits. */
export const joined = (
  waiting: AgentWaiting | undefined,
  principal: string,
  others: readonly string[],
  approvalId: string,
): AgentWaiting => ({
  ...waiting,
  principal,
  approval_ids: [...others, approvalId],
});

/** What an agent is told that asks for more than people can look at. */
export const tooMany = (principal: string, limit: number): string =>
  `${principal} has ${limit} calls waiting for people already, which is the limit: wait until some are decided, or cancel them`;
