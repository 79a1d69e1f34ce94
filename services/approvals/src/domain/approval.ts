import { deniedByGuess, WRONG_CODE } from '@aegis/contracts/approval-words';
import { type Approval, QUESTION_TOOL, type RequestApproval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { type ApprovalDecision, type ApprovalEvent, happened } from './approval-event.ts';
import type { Approver } from './approver.ts';
import { type Redeem, redeem } from './code.ts';
import type { Decider } from './decider.ts';
import { sameTerms, TERMS_CHANGED } from './terms.ts';
import { askedIn, type Draw, draw, useBy, type Vote, vote } from './vote.ts';

type Identity = { approval_id: string; dry_run_id: string; generation: number; trace_id: string };

/** The grant that answers, and how long the call may then be run where its rule does not say. */
export type Granted = { grant_id: string; granted_by: string; useWithinMs: number };

/** What somebody wants. Time arrives with the command: `now` is the later of the clock and the newest event's time. */
export type ApprovalCommand = { now: Date } & (
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
  | ({ type: 'draw' } & Draw)
  | ({ type: 'redeem' } & Redeem)
  /** A wrong code, whether the drawn one alone was right, and who sent it, for the limit on them. */
  | { type: 'burn'; by: Approver; drawn_code_only: boolean; source?: string }
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
type Of<T extends ApprovalCommand['type']> = Extract<ApprovalCommand, { type: T }>;

type In<S extends Approval['status']> = Extract<Approval, { status: S }>;

type Open = In<'pending'> | In<'approved'>;

/** Whether anything can become of it yet: it waits, or may be used. */
export const isOpen = (state: Approval): state is Open =>
  state.status === 'pending' || state.status === 'approved';

/** The deadline to decide, or to use, in milliseconds since the epoch, itself still in time; undefined once it is over. */
export function deadlineOf(state: Approval): number | undefined {
  if (state.status === 'pending') return Date.parse(state.decide_by);
  return state.status === 'approved' ? Date.parse(state.use_by) : undefined;
}

/** True once the deadline to decide, or to use, is past. */
export const isOverdue = (state: Approval, now: Date): boolean =>
  now.getTime() > (deadlineOf(state) ?? Number.POSITIVE_INFINITY);

/**
 * True where the approval speaks for or against its own call: it waits, is approved, or is denied and its deadline to
 * decide is not past. After that deadline the same call is a new question.
 */
export function stands(state: Approval, now: Date): boolean {
  if (state.status === 'denied') return now.getTime() <= Date.parse(state.decide_by);
  return isOpen(state) && !isOverdue(state, now);
}

function request(command: Of<'request'>): ApprovalDecision {
  const { identity, call_digest, now, decideWithinMs, grant } = command;
  const { no_grant: _, ...asked } = command.asked;
  const withinMs = asked.terms?.decide_within_ms ?? decideWithinMs;
  const pending: In<'pending'> = {
    ...asked,
    ...identity,
    call_digest,
    requested_at: now.toISOString(),
    decide_by: new Date(now.getTime() + withinMs).toISOString(),
    status: 'pending',
  };
  return grant ? approveBy(grant, pending, now) : happened('requested', pending);
}

/** Nobody is asked: a grant says yes in the name of whoever gave it. */
function approveBy(
  { grant_id, granted_by, useWithinMs }: Granted,
  state: In<'pending'>,
  now: Date,
): ApprovalDecision {
  const decided = { decided_at: now.toISOString(), decided_by: granted_by, grant_id };
  const use_by = useBy(state, now, useWithinMs);
  const asked = askedIn(state, { now, dropped: `a grant of ${granted_by} answered` });
  return happened('approved', { ...asked, ...decided, status: 'approved', use_by });
}

/** A wrong code denies: there is no second guess. */
function burn({ now, by, source, drawn_code_only }: Of<'burn'>, state: In<'pending'>): ApprovalDecision {
  const decided = {
    decided_at: now.toISOString(),
    decided_by: by.name,
    denied_because: WRONG_CODE,
    drawn_code_only,
  };
  const asked = askedIn(state, { now, dropped: 'a wrong code denied the call' });
  return happened('denied', { ...asked, ...decided, status: 'denied' }, source);
}

function consume(command: Of<'consume'>, state: Approval): ApprovalDecision {
  if (state.status !== 'approved') return { because: `Approval ${state.approval_id} is ${state.status}` };
  if (state.call.tool === QUESTION_TOOL) {
    return { because: `Approval ${state.approval_id} answers a question without a call, and opens none` };
  }
  if (command.call_digest !== state.call_digest) {
    return { because: `Approval ${state.approval_id} was given for another call` };
  }
  const termsChanged = sameTerms(command.terms, state.terms) ? undefined : TERMS_CHANGED;
  const because = command.supersededBecause ?? termsChanged;
  if (because !== undefined) return supersede(state, command.now, because);
  const used = { consumed_at: command.now.toISOString(), decision_id: command.decision_id };
  return happened('consumed', { ...state, status: 'consumed', ...used });
}

/** What was asked, without what was decided: that no longer counts once an open approval is over. */
function askedOf(state: Open, now: Date, dropped: string): Omit<In<'pending'>, 'status'> {
  if (state.status === 'pending') return askedIn(state, { now, dropped });
  const {
    decided_at: _at,
    decided_by: _by,
    decision_reason: _why,
    use_by: _use,
    grant_id: _grant,
    code_drawn_at: _drawn,
    ...asked
  } = state;
  return asked;
}

function supersede(state: Open, now: Date, because: string): ApprovalDecision {
  const over = { superseded_at: now.toISOString(), superseded_because: because };
  const asked = askedOf(state, now, `the call was superseded: ${because}`);
  return happened('superseded', { ...asked, status: 'superseded', ...over });
}

const expire = (state: Open, now: Date): ApprovalDecision =>
  happened('expired', {
    ...askedOf(state, now, 'the time to decide was over'),
    status: 'expired',
    expired_at: now.toISOString(),
  });

/** Only who asked takes the question back. */
function cancel({ principal, because, now }: Of<'cancel'>, state: Approval): ApprovalDecision {
  const { approval_id, call, status } = state;
  if (call.principal !== principal) return { because: `Approval ${approval_id} is another's` };
  if (!isOpen(state)) return { because: `Approval ${approval_id} is ${status}` };
  const cancelled = { cancelled_at: now.toISOString(), cancelled_because: because };
  const asked = askedOf(state, now, 'the question was taken back');
  return happened('cancelled', { ...asked, status: 'cancelled', ...cancelled });
}

/** What is said of an approval that is there, and in time. */
function decideOn(command: Exclude<ApprovalCommand, Of<'request'>>, state: Approval): ApprovalDecision {
  if (command.type === 'expire') return { because: `Approval ${state.approval_id} is not overdue` };
  if (command.type === 'consume') return consume(command, state);
  if (command.type === 'cancel') return cancel(command, state);
  if (command.type === 'supersede' && isOpen(state)) return supersede(state, command.now, command.because);
  if (command.type === 'supersede' || state.status !== 'pending') return { because: standingSentence(state) };
  if (command.type === 'granted') return approveBy(command.grant, state, command.now);
  if (command.type === 'draw') return draw(command, state);
  if (command.type === 'redeem') return redeem(command, state);
  return command.type === 'vote' ? vote(command, state) : burn(command, state);
}

/** How an approval stands, in words for whoever came too late: what was decided, and by whom. */
export function standingSentence(state: Approval): string {
  const { approval_id: id, status } = state;
  if (state.status === 'denied')
    return `Approval ${id} was ${deniedByGuess(state) ?? `denied by ${state.decided_by}: ${state.denied_because}`}`;
  if (state.status === 'approved') return `Approval ${id} was approved by ${state.decided_by}`;
  if (state.status === 'consumed') return `Approval ${id} was approved by ${state.decided_by} and is used`;
  if (state.status === 'cancelled') return `Approval ${id} was cancelled: ${state.cancelled_because}`;
  if (state.status === 'superseded') return `Approval ${id} is superseded: ${state.superseded_because}`;
  return status === 'expired' ? `Approval ${id} is expired` : `Approval ${id} waits`;
}

/**
 * The approval's rules: `pending -> approved -> consumed`, `pending -> denied`, `cancelled` and `superseded` from either
 * that is open, and `expired` from either that is overdue. Terminal states never change, and an overdue approval can only
 * expire.
 */
export const approvals: Decider<Approval, ApprovalCommand, ApprovalEvent> = {
  decide(command, state) {
    if (command.type === 'request') {
      return state ? { because: `Approval ${state.approval_id} exists` } : request(command);
    }
    if (!state) return { because: 'There is no such approval' };
    if (isOpen(state) && isOverdue(state, command.now)) return expire(state, command.now);
    return decideOn(command, state);
  },
  evolve: (_, { data }) => data.approval,
};
