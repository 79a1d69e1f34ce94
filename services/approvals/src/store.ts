import type { Bus } from '@aegis/shared/bus/bus';
import { type Approval, ApprovalChanged } from '@aegis/shared/contracts/approvals';
import type { Envelope } from '@aegis/shared/contracts/envelope';
import { approvalLog } from '@aegis/shared/contracts/subjects';
import { AppError } from '@aegis/shared/errors/app-error';
import { createEvent } from '@aegis/shared/runtime/event';
import type { ApprovalEvent } from './domain/approval.ts';

/** An approval as the log has it, and the sequence that guards the next change. */
export type Loaded = { approval: Approval; seq: number };

/** The event in its envelope. `source` is who sent it, for the limit on wrong codes. */
export function toEnvelope({ name, approval }: ApprovalEvent, now: Date, source?: string): Envelope {
  return createEvent({
    type: `aegis.approval.${name}.v1`,
    source: 'approvals',
    subject: approval.approval_id,
    time: now.toISOString(),
    traceId: approval.trace_id,
    data: source === undefined ? { approval } : { approval, source },
  });
}

export type Store = {
  /** The approval as of now: one aggregate is read from the log, never from a projection. */
  load(approvalId: string, deadlineMs: number): Promise<Loaded | undefined>;
  /** Stores one change, guarded by the sequence that it was decided on. @throws AppError `version_conflict` */
  save(envelope: Envelope, approvalId: string, expect: number, deadlineMs: number): Promise<void>;
};

export function createStore(bus: Bus): Store {
  return {
    async load(approvalId, deadlineMs) {
      const stored = await bus.read.last(approvalLog(approvalId), deadlineMs);
      if (!stored) return undefined;
      const changed = ApprovalChanged.safeParse(stored.event?.data);
      if (changed.success && changed.data.approval.approval_id === approvalId)
        return { approval: changed.data.approval, seq: stored.seq };
      throw new AppError('storage_unavailable', `The record of approval ${approvalId} can not be read.`);
    },
    async save(event, approvalId, expect, deadlineMs) {
      await bus.append.one({ subject: approvalLog(approvalId), event, expect }, deadlineMs);
    },
  };
}
