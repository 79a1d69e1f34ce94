import type { RequestReply } from '@aegis/contracts/approvals';
import { agentDigest } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { waitingLog } from '@aegis/contracts/subjects';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { becauseOf } from '../domain/decider.ts';
import { type AgentWaiting, type Join, type WaitingEvent, waitingLists } from '../domain/waiting.ts';
import type { Ground } from '../ground.ts';
import { createStore, type Kind, NOTHING } from '../store.ts';
import type { Approving } from './approval-store.ts';

export const WAITING_LIST: Kind<AgentWaiting, Join, WaitingEvent> = {
  decider: waitingLists,
  subjectOf: (principal) => waitingLog(agentDigest(principal)),
  read: (last) => readEvent(last, 'aegis.agent.waiting.v1'),
  nameOf: () => 'what an agent waits for',
  written: (data) => ({ data }),
};

/** How many of one agent's calls may wait; and how many of all, beyond which each agent may have one. */
export type Most = { readonly ofOne: (principal: string) => number; readonly ofAll: number };

export type WaitingList = {
  /**
   * Lets `append` make an approval together with the fact that its agent waits for one more. That fact is
   * compare-and-set, so replicas that are asked at once keep the limit together.
   *
   * @returns `refused` where the agent has as many waiting as it may
   */
  join(
    principal: string,
    approvalId: string,
    append: Approving<undefined>,
    deadlineMs: number,
  ): Promise<RequestReply>;
};

export function createWaiting(
  { bus, known: { approvals }, now }: Ground,
  { ofOne, ofAll }: Most,
): WaitingList {
  const store = createStore(bus, WAITING_LIST);
  const oneByOne = createKeyedMutex();

  const isOver = (id: string): boolean => approvals.state.isOver(id);

  /** Those that are over, by the newest that is known; the list is asked to catch up where too many seem to wait. */
  const overOf = async (
    ids: readonly string[],
    limit: number,
    deadlineMs: number,
  ): Promise<readonly string[]> => {
    const over = ids.filter(isOver);
    if (ids.length - over.length < limit) return over;
    // The list may be behind: what it knows to be over is over, but not all that is over does it know.
    await approvals.caughtUp(deadlineMs);
    return ids.filter(isOver);
  };

  const join: WaitingList['join'] = async (principal, approvalId, append, deadlineMs) => {
    const isFull = approvals.state.openCount >= ofAll;
    const limit = isFull ? 1 : ofOne(principal);
    let made: Awaited<ReturnType<typeof append>> | undefined;
    const from = (await store.load(principal, deadlineMs)) ?? NOTHING;
    const { decision } = await store.handle(
      principal,
      from,
      async ({ state }) => {
        const over = await overOf(state?.approval_ids ?? [], limit, deadlineMs);
        return {
          now: now(),
          principal,
          approval_id: approvalId,
          over,
          limit,
          ofAll: isFull ? ofAll : undefined,
        };
      },
      deadlineMs,
      { isShared: true, append: async (fact) => (made = await append(fact, undefined)) },
    );
    if (made) return { approval: made.state };
    return { refused: becauseOf(decision) };
  };

  return {
    join: (principal, ...rest) => oneByOne(principal, () => join(principal, ...rest)),
  };
}
