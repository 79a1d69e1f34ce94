import type { Bus, Fact } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { APPROVAL_EVENTS } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { approvalLog } from '@aegis/contracts/subjects';
import { type ApprovalCommand, approvals, deadlineOf, isOpen } from '../domain/approval.ts';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import { createStore, type Handling, type Kind, type Store } from '../store.ts';

export type ApprovalStore = Store<Approval, ApprovalCommand, ApprovalEvent>;

const APPROVAL: Kind<Approval, ApprovalCommand, ApprovalEvent> = {
  decider: approvals,
  subjectOf: approvalLog,
  read: (last) => readEvent(last, ...APPROVAL_EVENTS),
  nameOf: (id) => `approval ${id}`,
  dataOf: (approval) => ({ approval }),
  about: ({ approval_id, trace_id }) => ({ subject: approval_id, traceId: trace_id }),
  isOver: (approval) => !isOpen(approval),
};

/** `wakeAt` wakes us at that time, in milliseconds since the epoch. Losing one loses nothing but punctuality. */
export const createApprovalStore = (
  bus: Bus,
  wakeAt: (approvalId: string, atMs: number) => void,
): ApprovalStore =>
  createStore(bus, APPROVAL, ({ type, data: { approval } }) => {
    const atMs = deadlineOf(approval);
    // A yes of several moves no deadline.
    if (atMs !== undefined && type !== 'aegis.approval.endorsed.v1') wakeAt(approval.approval_id, atMs);
  });

/**
 * What belongs to a change is stored before it, in one batch. An overdue approval expires whatever was asked: then what belonged
 * to the command does not happen.
 */
export const alongWith =
  (bus: Bus, deadlineMs: number, ...facts: readonly Fact[]): NonNullable<Handling<ApprovalEvent>['append']> =>
  (fact, { type }) =>
    type === 'aegis.approval.expired.v1'
      ? bus.append.one(fact, deadlineMs)
      : // The last of a batch has the sequence that is confirmed: the change itself.
        bus.append.all([...facts, fact], deadlineMs, false);
