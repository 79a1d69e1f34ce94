import type { Approval, RequestApproval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import type { Approver } from './approver.ts';
import type { ApprovalEvent, Decided } from './outcome.ts';
import { sameTerms, TERMS_CHANGED } from './terms.ts';
import { useBy, type Vote, vote } from './vote.ts';

/** Milliseconds that an approval waits for a decision, and for its use after it was approved. */
export type Deadlines = { decideWithinMs: number; useWithinMs: number };

type Identity = { approval_id: string; dry_run_id: string; generation: number; trace_id: string };

/** The grant that answers, and how long the call may then be run where its rule does not say. */
export type Granted = { grant_id: string; granted_by: string; useWithinMs: number };

/** What somebody wants. Time arrives with the command: `now` is the later of the clock and the newest event's time. */
export type Command = { now: Date } & (
  | {
      type: 'request';
      identity: Identity;
      asked: RequestApproval;
      call_digest: string;
      decideWithinMs: number;
      /** The grant that answers for it, so that nobody is asked. */
      grant?: Granted | undefined;
    }
  | { type: 'granted'; grant: Granted }
  | ({ type: 'vote' } & Vote)
  | { type: 'burn'; by: Approver }
  | {
      type: 'consume';
      call_digest: string;
      decision_id: string;
      terms: ApprovalTerms | undefined;
      /** Why the approval no longer counts, where the policy or its grant is another one by now. */
      supersededBecause: string | undefined;
    }
  | { type: 'cancel'; principal: string; because: string }
  | { type: 'supersede'; because: string }
  | { type: 'expire' }
);

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

function request(command: Extract<Command, { type: 'request' }>): Decided {
  const { identity, call_digest, now, decideWithinMs, grant } = command;
  const { no_grant: _, ...asked } = command.asked;
  const question = {
    ...asked,
    ...identity,
    call_digest,
    requested_at: now.toISOString(),
    decide_by: later(now, asked.terms?.decide_within_ms ?? decideWithinMs),
  };
  const pending = { ...question, status: 'pending' } as const;
  return grant ? approveBy(grant, pending, now) : { event: { name: 'requested', approval: pending } };
}

/** Nobody is asked: a grant says yes in the name of whoever gave it. */
function approveBy({ grant_id, granted_by, useWithinMs }: Granted, state: In<'pending'>, now: Date): Decided {
  const decided = { decided_at: now.toISOString(), decided_by: granted_by, grant_id };
  const approval = {
    ...state,
    ...decided,
    status: 'approved',
    use_by: useBy(state, now, useWithinMs),
  } as const;
  return { event: { name: 'approved', approval } };
}

/** A wrong code denies: there is no second guess. */
function burn({ now, by }: Extract<Command, { type: 'burn' }>, state: In<'pending'>): Decided {
  const decided = { decided_at: now.toISOString(), decided_by: by.name, denied_because: 'wrong code' };
  return { event: { name: 'denied', approval: { ...state, ...decided, status: 'denied' } } };
}

function consume(command: Extract<Command, { type: 'consume' }>, state: Approval): Decided {
  if (state.status !== 'approved') return { because: `Approval ${state.approval_id} is ${state.status}` };
  if (command.call_digest !== state.call_digest) {
    return { because: `Approval ${state.approval_id} was given for another call` };
  }
  const because = command.supersededBecause ?? becauseOfTerms(command.terms, state);
  if (because !== undefined) return supersede(state, command.now, because);
  const used = { consumed_at: command.now.toISOString(), decision_id: command.decision_id };
  return { event: { name: 'consumed', approval: { ...state, status: 'consumed', ...used } } };
}

function becauseOfTerms(terms: ApprovalTerms | undefined, state: Approval): string | undefined {
  return sameTerms(terms, state.terms) ? undefined : TERMS_CHANGED;
}

type Asked = Omit<In<'pending'>, 'status'>;

/** What was asked, without what was decided: that no longer counts once an open approval is over. */
function askedOf(state: Open): Asked {
  if (state.status === 'pending') return state;
  const {
    decided_at: _at,
    decided_by: _by,
    decision_reason: _why,
    use_by: _use,
    grant_id: _grant,
    ...asked
  } = state;
  return asked;
}

function supersede(state: Open, now: Date, because: string): Decided {
  const over = {
    status: 'superseded',
    superseded_at: now.toISOString(),
    superseded_because: because,
  } as const;
  return { event: { name: 'superseded', approval: { ...askedOf(state), ...over } } };
}

function expire(state: Open, now: Date): Decided {
  const expired = { status: 'expired', expired_at: now.toISOString() } as const;
  return { event: { name: 'expired', approval: { ...askedOf(state), ...expired } } };
}

/** Only who asked takes the question back. */
function cancel({ principal, because, now }: Extract<Command, { type: 'cancel' }>, state: Approval): Decided {
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
 * The approval's rules: `pending -> approved -> consumed`, `pending -> denied`, `cancelled` and `superseded` from either that
 * is open, and `expired` from either that is overdue. Terminal states never change, and an overdue approval can only expire.
 */
export function decide(command: Command, state: Approval | undefined): Decided {
  if (command.type === 'request') {
    return state ? { because: `Approval ${state.approval_id} exists` } : request(command);
  }
  if (!state) return { because: 'There is no such approval' };
  const late = overdue(state, command.now);
  if (late) return expire(late, command.now);
  if (command.type === 'expire') return { because: `Approval ${state.approval_id} is not overdue` };
  if (command.type === 'consume') return consume(command, state);
  if (command.type === 'cancel') return cancel(command, state);
  if (command.type === 'supersede' && state.status === 'approved')
    return supersede(state, command.now, command.because);
  if (state.status !== 'pending') return { because: standingSentence(state) };
  if (command.type === 'supersede') return supersede(state, command.now, command.because);
  if (command.type === 'granted') return approveBy(command.grant, state, command.now);
  return command.type === 'vote' ? vote(command, state) : burn(command, state);
}

/** How an approval stands, in words for whoever came too late: what was decided, and by whom. */
export function standingSentence(state: Approval): string {
  const { approval_id: id, status } = state;
  if (state.status === 'denied')
    return `Approval ${id} was denied by ${state.decided_by}: ${state.denied_because}`;
  if (state.status === 'approved') return `Approval ${id} was approved by ${state.decided_by}`;
  if (state.status === 'consumed') return `Approval ${id} was approved by ${state.decided_by} and is used`;
  if (state.status === 'cancelled') return `Approval ${id} was cancelled: ${state.cancelled_because}`;
  if (state.status === 'superseded') return `Approval ${id} is superseded: ${state.superseded_because}`;
  return status === 'expired' ? `Approval ${id} is expired` : `Approval ${id} waits`;
}

/** Folds an event: each carries the whole state after it. */
export const evolve = (_state: Approval | undefined, event: ApprovalEvent): Approval => event.approval;
