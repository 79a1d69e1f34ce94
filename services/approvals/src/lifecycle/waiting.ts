import { type Bus, type Fact, isConflict } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { agentDigest } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { waitingLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { type AgentWaiting, joined, stillWaiting, tooMany } from '../domain/waiting.ts';
import type { ApprovalIndex } from '../projections/approval-index.ts';

export type WaitingList = {
  /**
   * Lets `store` make an approval together with the fact that its agent waits for one more. That fact is
   * compare-and-set, so replicas that are asked at once keep the limit together.
   *
   * @returns why not, where the agent has as many waiting as it may
   */
  join(
    principal: string,
    approvalId: string,
    store: (fact: Fact) => Promise<void>,
    deadlineMs: number,
  ): Promise<string | undefined>;
};

type WaitingDeps = {
  bus: Bus;
  index: Pick<ApprovalIndex, 'isOver'>;
  indexCaughtUp: (deadlineMs: number) => Promise<void>;
  now: () => Date;
  limit: number;
};

export function createWaiting({ bus, index, indexCaughtUp, now, limit }: WaitingDeps): WaitingList {
  const oneByOne = createKeyedMutex();

  const load = async (subject: string, deadlineMs: number) => {
    const stored = await bus.read.last(subject, deadlineMs);
    if (!stored) return { seq: 0, waiting: undefined };
    const waiting = readEvent(stored, 'aegis.agent.waiting.v1')?.data;
    if (waiting) return { seq: stored.seq, waiting };
    throw new AppError('storage_unavailable', 'The record of what an agent waits for can not be read.');
  };

  const isOver = (id: string): boolean => index.isOver(id);

  /** Those that wait, by the newest that is known; the list is asked to catch up where they seem too many. */
  const othersOf = async (
    waiting: AgentWaiting | undefined,
    deadlineMs: number,
  ): Promise<readonly string[]> => {
    const others = stillWaiting(waiting, isOver);
    if (others.length < limit) return others;
    // The list may be behind: what it knows to be over is over, but not all that is over does it know.
    await indexCaughtUp(deadlineMs);
    return stillWaiting(waiting, isOver);
  };

  const join: WaitingList['join'] = async (principal, approvalId, store, deadlineMs) => {
    const subject = waitingLog(agentDigest(principal));
    for (let { seq, waiting } = await load(subject, deadlineMs); ; ) {
      const others = await othersOf(waiting, deadlineMs);
      if (others.length >= limit) return tooMany(principal, limit);
      const event = createEvent({
        type: 'aegis.agent.waiting.v1',
        source: 'approvals',
        time: now().toISOString(),
        data: joined(waiting, principal, others, approvalId),
        before: waiting,
      });
      try {
        await store({ subject, event, expect: seq });
        return undefined;
      } catch (thrown) {
        if (!isConflict(thrown)) throw thrown;
        // Another replica let the same agent join meanwhile: then again, until the deadline. Else the approval itself is there.
        const newer = await load(subject, deadlineMs);
        if (newer.seq === seq) throw thrown;
        ({ seq, waiting } = newer);
      }
    }
  };

  return {
    join: (principal, ...rest) => oneByOne(principal, () => join(principal, ...rest)),
  };
}
