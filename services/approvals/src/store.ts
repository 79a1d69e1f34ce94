import type { Bus, Fact } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { APPROVAL_EVENTS } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { approvalLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { ApprovalEvent } from './domain/outcome.ts';

/** An approval as the log has it, and the sequence that guards the next change: its revision. */
export type Loaded = { approval: Approval; seq: number };

/** The state that an event goes on from, and who sent it, for the limit on wrong codes. */
type Around = { before?: Approval | undefined; source?: string | undefined };

/** The event in its envelope. */
export function toEnvelope(
  { name, approval }: ApprovalEvent,
  now: Date,
  { before, source }: Around = {},
): Envelope {
  return createEvent({
    type: `aegis.approval.${name}.v1`,
    source: 'approvals',
    subject: approval.approval_id,
    time: now.toISOString(),
    traceId: approval.trace_id,
    data: source === undefined ? { approval } : { approval, source },
    before: before && { approval: before },
  });
}

export type Store = {
  /** The approval as of now: one aggregate is read from the log, never from a projection. */
  load(approvalId: string, deadlineMs: number): Promise<Loaded | undefined>;
  /**
   * Stores one change, guarded by the sequence that it was decided on, and what belongs to it, all or nothing.
   *
   * @returns the change's own sequence @throws AppError `version_conflict`
   */
  save(
    envelope: Envelope,
    approvalId: string,
    expect: number,
    deadlineMs: number,
    together?: readonly Fact[],
  ): Promise<number>;
};

/** Approvals that are over never change: those read last need no second look. Large ones are read again. */
const REMEMBERED = 100;
const REMEMBERED_CHARS = 10_000;

function createMemory() {
  const over = new Map<string, Loaded>();
  return {
    get: (approvalId: string): Loaded | undefined => over.get(approvalId),
    put(loaded: Loaded): void {
      const { approval_id: id, status } = loaded.approval;
      const isOpen = status === 'pending' || status === 'approved';
      if (isOpen || JSON.stringify(loaded.approval).length > REMEMBERED_CHARS) return;
      over.set(id, loaded);
      const [oldest] = over.keys();
      if (over.size > REMEMBERED && oldest !== undefined) over.delete(oldest);
    },
  };
}

export function createStore(bus: Bus): Store {
  const memory = createMemory();
  return {
    async load(approvalId, deadlineMs) {
      const known = memory.get(approvalId);
      if (known) return known;
      const stored = await bus.read.last(approvalLog(approvalId), deadlineMs);
      if (!stored) return undefined;
      const approval = readEvent(stored, ...APPROVAL_EVENTS)?.data.approval;
      if (approval) {
        const loaded = { approval, seq: stored.seq };
        memory.put(loaded);
        return loaded;
      }
      throw new AppError('storage_unavailable', `The record of approval ${approvalId} can not be read.`);
    },
    async save(event, approvalId, expect, deadlineMs, together = []) {
      const change = { subject: approvalLog(approvalId), event, expect };
      if (together.length === 0) return (await bus.append.one(change, deadlineMs)).seq;
      // The last of a batch has the sequence that is confirmed: the change itself.
      return (await bus.append.all([...together, change], deadlineMs, false)).seq;
    },
  };
}
