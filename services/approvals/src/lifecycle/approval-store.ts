import type { Bus, Fact } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { APPROVAL_EVENTS } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { approvalLog } from '@aegis/contracts/subjects';
import { type Bodies, withoutBodies } from '../bodies.ts';
import { type ApprovalCommand, approvals, deadlineOf, type Granted, isOpen } from '../domain/approval.ts';
import type { ApprovalEvent } from '../domain/approval-event.ts';
import { createStore, type Handling, type Kind, type Loaded, type Store } from '../store.ts';
import { UnreadableError } from '../unreadable.ts';

const MOVES_DEADLINE: ReadonlySet<string> = new Set([
  'aegis.approval.requested.v1',
  'aegis.approval.approved.v1',
]);

export type ApprovalStore = Store<Approval, ApprovalCommand, ApprovalEvent>;

const approvalKind = (bodies: Bodies): Kind<Approval, ApprovalCommand, ApprovalEvent> => ({
  decider: approvals,
  subjectOf: approvalLog,
  async read(last, deadlineMs) {
    const event = readEvent(last, ...APPROVAL_EVENTS);
    if (!event) return undefined;
    const { approval } = event.data;
    const call = await bodies.join(approval.call, deadlineMs).catch((thrown: unknown) => {
      if (!(thrown instanceof UnreadableError)) throw thrown;
      throw new UnreadableError(thrown.message, { ...approval, call: withoutBodies(approval.call) });
    });
    return { type: event.type, data: { ...event.data, approval: { ...approval, call } } };
  },
  async toStored({ approval, ...data }, deadlineMs) {
    return { ...data, approval: { ...approval, call: await bodies.store(approval.call, deadlineMs) } };
  },
  nameOf: (id) => `approval ${id}`,
  written: (approval) => ({
    data: { approval },
    subject: approval.approval_id,
    traceId: approval.trace_id,
  }),
  isOver: (approval) => !isOpen(approval),
});

/** `wakeAt` wakes us at that time, in milliseconds since the epoch. Losing one loses nothing but punctuality. */
export const createApprovalStore = (
  bus: Bus,
  bodies: Bodies,
  wakeAt: (approvalId: string, atMs: number) => void,
): ApprovalStore =>
  createStore(bus, approvalKind(bodies), ({ type, data: { approval } }) => {
    const atMs = deadlineOf(approval);
    // A yes of several, and a code, move no deadline.
    if (atMs !== undefined && MOVES_DEADLINE.has(type)) wakeAt(approval.approval_id, atMs);
  });

/** Asks, or approves by a grant, together with this fact of another aggregate, all or nothing. */
export type Approving<By extends Granted | undefined> = (
  fact: Fact,
  by: By,
) => Promise<Loaded<Approval | undefined>>;

/**
 * What belongs to a change is stored before it, in one batch. An overdue approval expires whatever was asked: then what
 * belonged to the command does not happen.
 */
export const alongWith =
  (bus: Bus, deadlineMs: number, ...facts: readonly Fact[]): NonNullable<Handling<ApprovalEvent>['append']> =>
  (fact, { type }) =>
    type === 'aegis.approval.expired.v1'
      ? bus.append.one(fact, deadlineMs)
      : // The last of a batch has the sequence that is confirmed: the change itself.
        bus.append.all([...facts, fact], deadlineMs, false);
