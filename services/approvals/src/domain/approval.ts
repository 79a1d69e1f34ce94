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
  | { type: 'expire' }
);

export type ApprovalEventName = 'requested' | 'approved' | 'denied' | 'expired' | 'consumed';
/** What happened, with the state after it. */
export type ApprovalEvent = { name: ApprovalEventName; approval: Approval };

/** Either something happens, or nothing does and `because` says why: a denial is a value. */
export type Decision = { event: ApprovalEvent } | { because: string };

type In<S extends Approval['status']> = Extract<Approval, { status: S }>;

/** True once the deadline to decide, or to use, is past; the deadline itself is still in time. */
export function isOverdue(state: Approval, now: Date): boolean {
  if (state.status === 'pending') return now.getTime() > Date.parse(state.decide_by);
  if (state.status === 'approved') return now.getTime() > Date.parse(state.use_by);
  return false;
}

/** The fields that every status has. */
function asked(state: Approval) {
  const {
    approval_id,
    dry_run_id,
    generation,
    trace_id,
    call,
    call_digest,
    reasons,
    requested_at,
    decide_by,
  } = state;
  return {
    approval_id,
    dry_run_id,
    generation,
    trace_id,
    call,
    call_digest,
    reasons,
    requested_at,
    decide_by,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
    ...(state.rule === undefined ? {} : { rule: state.rule }),
    ...(state.policy_digest === undefined ? {} : { policy_digest: state.policy_digest }),
  };
}

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();

function request(command: Extract<Command, { type: 'request' }>): Decision {
  const { identity, asked: wanted, call_digest, now, decideWithinMs } = command;
  const { call, reasons, reason, rule, policy_digest } = wanted;
  const approval: In<'pending'> = {
    status: 'pending',
    ...identity,
    call,
    call_digest,
    reasons,
    ...(reason === undefined ? {} : { reason }),
    ...(rule === undefined ? {} : { rule }),
    ...(policy_digest === undefined ? {} : { policy_digest }),
    requested_at: now.toISOString(),
    decide_by: later(now, decideWithinMs),
  };
  return { event: { name: 'requested', approval } };
}

function complete(command: Extract<Command, { type: 'complete' }>, state: In<'pending'>): Decision {
  const { now, by, rightCode, useWithinMs } = command;
  const decided = { ...asked(state), decided_at: now.toISOString(), decided_by: by };
  return rightCode
    ? {
        event: {
          name: 'approved',
          approval: { status: 'approved', ...decided, use_by: later(now, useWithinMs) },
        },
      }
    : { event: { name: 'denied', approval: { status: 'denied', ...decided, denied_because: 'wrong code' } } };
}

function consume(command: Extract<Command, { type: 'consume' }>, state: Approval): Decision {
  if (state.status !== 'approved') return { because: `Approval ${state.approval_id} is ${state.status}` };
  if (command.call_digest !== state.call_digest) {
    return { because: `Approval ${state.approval_id} was given for another call` };
  }
  const { decided_at, decided_by, use_by } = state;
  const used = { consumed_at: command.now.toISOString(), decision_id: command.decision_id };
  const approval: In<'consumed'> = {
    status: 'consumed',
    ...asked(state),
    decided_at,
    decided_by,
    use_by,
    ...used,
  };
  return { event: { name: 'consumed', approval } };
}

const expire = (state: Approval, now: Date): Decision => ({
  event: { name: 'expired', approval: { status: 'expired', ...asked(state), expired_at: now.toISOString() } },
});

/**
 * The approval's rules: `pending -> approved -> consumed`, `pending -> denied`, and `expired` from either that is overdue.
 * Terminal states never change, and an overdue approval can only expire.
 */
export function decide(command: Command, state: Approval | undefined): Decision {
  if (command.type === 'request') {
    return state ? { because: `Approval ${state.approval_id} exists` } : request(command);
  }
  if (!state) return { because: 'There is no such approval' };
  if (isOverdue(state, command.now)) return expire(state, command.now);
  if (command.type === 'expire') return { because: `Approval ${state.approval_id} is not overdue` };
  if (command.type === 'consume') return consume(command, state);
  return state.status === 'pending'
    ? complete(command, state)
    : { because: `Approval ${state.approval_id} is ${state.status}` };
}

/** Folds an event: each carries the whole state after it. */
export const evolve = (_state: Approval | undefined, event: ApprovalEvent): Approval => event.approval;
