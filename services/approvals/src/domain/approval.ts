import type { Approval, RequestApproval } from '@aegis/shared/contracts/approvals';

/** Milliseconds that an approval waits for a decision, and for its use after it was approved. */
export type Deadlines = { decideWithinMs: number; useWithinMs: number };

type Identity = { approval_id: string; dry_run_id: string; generation: number; trace_id: string };

/** What somebody wants. Time arrives with the command: `now` is the later of the clock and the newest event's time. */
export type Command = { now: Date } & (
  | {
      type: 'request';
      identity: Identity;
      asked: RequestApproval;
      call_digest: string;
      decideWithinMs: number;
    }
  | { type: 'complete'; rightCode: boolean; by: string; useWithinMs: number }
  | { type: 'consume'; call_digest: string; decision_id: string }
  | { type: 'cancel'; principal: string; because: string }
  | { type: 'expire' }
);

export type ApprovalEventName = 'requested' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'consumed';
/** What happened, with the state after it. */
export type ApprovalEvent = { name: ApprovalEventName; approval: Approval };

/** Either something happens, or nothing does and `because` says why: a denial is a value. */
export type Decision = { event: ApprovalEvent } | { because: string };

type In<S extends Approval['status']> = Extract<Approval, { status: S }>;

type Open = In<'pending'> | In<'approved'>;

/** The approval, if its deadline to decide, or to use, is past; the deadline itself is still in time. */
function overdue(state: Approval, now: Date): Open | undefined {
  if (state.status === 'pending') return now.getTime() > Date.parse(state.decide_by) ? state : undefined;
  if (state.status === 'approved') return now.getTime() > Date.parse(state.use_by) ? state : undefined;
  return undefined;
}

/** True once the deadline to decide, or to use, is past. */
export const isOverdue = (state: Approval, now: Date): boolean => overdue(state, now) !== undefined;

/**
 * True where the approval speaks for or against its own call: it waits, is approved, or is denied and its deadline to
 * decide is not past. After that deadline the same call is a new question.
 */
export function stands(state: Approval, now: Date): boolean {
  if (state.status === 'denied') return now.getTime() <= Date.parse(state.decide_by);
  return (state.status === 'pending' || state.status === 'approved') && !isOverdue(state, now);
}

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();

function request({
  identity,
  asked,
  call_digest,
  now,
  decideWithinMs,
}: Extract<Command, { type: 'request' }>): Decision {
  const deadlines = { requested_at: now.toISOString(), decide_by: later(now, decideWithinMs) };
  return {
    event: {
      name: 'requested',
      approval: { status: 'pending', ...asked, ...identity, call_digest, ...deadlines },
    },
  };
}

function complete(command: Extract<Command, { type: 'complete' }>, state: In<'pending'>): Decision {
  const { now, by, rightCode, useWithinMs } = command;
  const decided = { ...state, decided_at: now.toISOString(), decided_by: by };
  return rightCode
    ? {
        event: {
          name: 'approved',
          approval: { ...decided, status: 'approved', use_by: later(now, useWithinMs) },
        },
      }
    : { event: { name: 'denied', approval: { ...decided, status: 'denied', denied_because: 'wrong code' } } };
}

function consume(command: Extract<Command, { type: 'consume' }>, state: Approval): Decision {
  if (state.status !== 'approved') return { because: `Approval ${state.approval_id} is ${state.status}` };
  if (command.call_digest !== state.call_digest) {
    return { because: `Approval ${state.approval_id} was given for another call` };
  }
  const used = { consumed_at: command.now.toISOString(), decision_id: command.decision_id };
  return { event: { name: 'consumed', approval: { ...state, status: 'consumed', ...used } } };
}

type Asked = Omit<In<'pending'>, 'status'>;

/** What was asked, without what was decided: that no longer counts once an open approval is over. */
function askedOf(state: Open): Asked {
  if (state.status === 'pending') return state;
  const { decided_at: _at, decided_by: _by, use_by: _use, ...asked } = state;
  return asked;
}

function expire(state: Open, now: Date): Decision {
  const expired = { status: 'expired', expired_at: now.toISOString() } as const;
  return { event: { name: 'expired', approval: { ...askedOf(state), ...expired } } };
}

/** Only who asked takes the question back. */
function cancel(
  { principal, because, now }: Extract<Command, { type: 'cancel' }>,
  state: Approval,
): Decision {
  const { approval_id, call, status } = state;
  if (call.principal !== principal) return { because: `Approval ${approval_id} is another's` };
  if (status !== 'pending' && status !== 'approved')
    return { because: `Approval ${approval_id} is ${status}` };
  const cancelled = {
    status: 'cancelled',
    cancelled_at: now.toISOString(),
    cancelled_because: because,
  } as const;
  return { event: { name: 'cancelled', approval: { ...askedOf(state), ...cancelled } } };
}

/**
 * The approval's rules: `pending -> approved -> consumed`, `pending -> denied`, `cancelled` from either that is open,
 * and `expired` from either that is overdue. Terminal states never change, and an overdue approval can only expire.
 */
export function decide(command: Command, state: Approval | undefined): Decision {
  if (command.type === 'request') {
    return state ? { because: `Approval ${state.approval_id} exists` } : request(command);
  }
  if (!state) return { because: 'There is no such approval' };
  const late = overdue(state, command.now);
  if (late) return expire(late, command.now);
  if (command.type === 'expire') return { because: `Approval ${state.approval_id} is not overdue` };
  if (command.type === 'consume') return consume(command, state);
  if (command.type === 'cancel') return cancel(command, state);
  return state.status === 'pending'
    ? complete(command, state)
    : { because: `Approval ${state.approval_id} is ${state.status}` };
}

/** Folds an event: each carries the whole state after it. */
export const evolve = (_state: Approval | undefined, event: ApprovalEvent): Approval => event.approval;
