import type { Approval } from '@aegis/contracts/approvals';
import { describe, expect, it } from 'vitest';
import { type Command, decide, evolve, isOverdue, stands } from './approval.ts';
import type { Approver } from './approver.ts';
import { approvalIdFor } from './identity.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number) => new Date(AT + ms);
const DIGEST = `sha256:${'a'.repeat(64)}`;
const DECIDE = 60_000;
const USE = 5_000;

const request = (now = at(0)): Command => ({
  type: 'request',
  now,
  identity: {
    approval_id: approvalIdFor('me', 'key', 1),
    dry_run_id: 'key',
    generation: 1,
    trace_id: 'f'.repeat(32),
  },
  asked: { call: { tool: 'refunds.create', principal: 'me' }, reasons: ['over the cap'] },
  call_digest: DIGEST,
  decideWithinMs: DECIDE,
});
const someone: Approver = { name: 'someone', roles: [], principals: [] };
const complete = (rightCode: boolean, now: Date): Command =>
  rightCode
    ? { type: 'vote', now, by: someone, verdict: 'approve', useWithinMs: USE }
    : { type: 'burn', now, by: someone };
const consume = (now: Date, call_digest = DIGEST): Command => ({
  type: 'consume',
  now,
  call_digest,
  decision_id: 'd1',
  terms: undefined,
  supersededBecause: undefined,
});
const cancel = (now: Date, principal = 'me'): Command => ({
  type: 'cancel',
  now,
  principal,
  because: 'the client gave up',
});
const expire = (now: Date): Command => ({ type: 'expire', now });

/** The state after commands that each must make something happen. */
const given = (...commands: Command[]): Approval => {
  let state: Approval | undefined;
  for (const command of commands) {
    const decision = decide(command, state);
    if (!('event' in decision)) throw new Error(decision.because);
    state = evolve(state, decision.event);
  }
  return state as Approval;
};
const outcome = (command: Command, state: Approval | undefined): string => {
  const decision = decide(command, state);
  return 'event' in decision ? decision.event.name : `refused: ${decision.because.replace(/apr_\w+/, 'it')}`;
};
const pending = () => given(request());
const approved = () => given(request(), complete(true, at(10)));

describe('an approval', () => {
  it('waits, is approved by the right code, and is used up once by the call it was given for', () => {
    expect(pending()).toMatchObject({ status: 'pending', decide_by: at(DECIDE).toISOString() });
    expect(approved()).toMatchObject({
      status: 'approved',
      decided_by: 'someone',
      use_by: at(10 + USE).toISOString(),
    });
    const consumed = given(request(), complete(true, at(10)), consume(at(20)));
    expect(consumed).toMatchObject({ status: 'consumed', decision_id: 'd1' });
    expect(outcome(consume(at(30)), consumed)).toBe('refused: Approval it is consumed');
  });

  it('is denied by a wrong code, and the right one is too late then', () => {
    const denied = given(request(), complete(false, at(10)));
    expect(denied).toMatchObject({ status: 'denied', denied_because: 'wrong code' });
    expect(outcome(complete(true, at(20)), denied)).toBe(
      'refused: Approval it was denied by someone: wrong code',
    );
    expect(outcome(consume(at(20)), denied)).toBe('refused: Approval it is denied');
  });

  it('opens no call but its own, and none before it is approved', () => {
    expect(outcome(consume(at(20), `sha256:${'b'.repeat(64)}`), approved())).toBe(
      'refused: Approval it was given for another call',
    );
    expect(outcome(consume(at(20)), pending())).toBe('refused: Approval it is pending');
    expect(outcome(consume(at(20)), undefined)).toBe('refused: There is no such approval');
  });

  it('can be decided and used in its last millisecond, and only expires after it', () => {
    expect(outcome(complete(true, at(DECIDE)), pending())).toBe('approved');
    expect(outcome(complete(true, at(DECIDE + 1)), pending())).toBe('expired');
    expect(outcome(consume(at(10 + USE)), approved())).toBe('consumed');
    expect(outcome(consume(at(10 + USE + 1)), approved())).toBe('expired');
    expect(outcome(expire(at(DECIDE)), pending())).toBe('refused: Approval it is not overdue');
  });

  it('is taken back by who asked, while it waits or is approved, and nothing of a decision stays', () => {
    const asked = { ...pending(), status: 'cancelled', cancelled_because: 'the client gave up' };
    expect(given(request(), cancel(at(20)))).toEqual({ ...asked, cancelled_at: at(20).toISOString() });
    const late = given(request(), complete(true, at(10)), cancel(at(20)));
    expect(late).toEqual({ ...asked, cancelled_at: at(20).toISOString() });
    expect(outcome(consume(at(30)), late)).toBe('refused: Approval it is cancelled');
    expect(outcome(complete(true, at(30)), late)).toBe(
      'refused: Approval it was cancelled: the client gave up',
    );
  });

  it('is taken back by nobody else, and not once its deadline is past', () => {
    expect(outcome(cancel(at(20), 'you'), pending())).toBe("refused: Approval it is another's");
    expect(outcome(cancel(at(20), 'you'), approved())).toBe("refused: Approval it is another's");
    expect(outcome(cancel(at(DECIDE + 1)), pending())).toBe('expired');
    expect(outcome(cancel(at(20)), undefined)).toBe('refused: There is no such approval');
  });

  it('speaks for its call while it is open, and against it until its deadline to decide where it is denied', () => {
    const denied = given(request(), complete(false, at(10)));
    expect([stands(denied, at(DECIDE)), stands(denied, at(DECIDE + 1))]).toEqual([true, false]);
    expect([stands(pending(), at(DECIDE)), stands(pending(), at(DECIDE + 1))]).toEqual([true, false]);
    expect([stands(approved(), at(10 + USE)), stands(approved(), at(10 + USE + 1))]).toEqual([true, false]);
    expect(stands(given(request(), cancel(at(1))), at(2))).toBe(false);
    expect(stands(given(request(), complete(true, at(1)), consume(at(2))), at(3))).toBe(false);
  });

  it('never changes once it is over', () => {
    const over = [
      given(request(), complete(false, at(1))),
      given(request(), complete(true, at(1)), consume(at(2))),
      given(request(), expire(at(DECIDE + 1))),
      given(request(), cancel(at(1))),
    ];
    for (const state of over) {
      expect(isOverdue(state, at(10 * DECIDE))).toBe(false);
      const late = at(10 * DECIDE);
      for (const command of [request(), complete(true, at(3)), consume(at(3)), cancel(at(3)), expire(late)]) {
        expect(outcome(command, state)).toMatch(/^refused/);
      }
    }
  });

  it('keeps what was asked through its whole life', () => {
    const keys = [
      'approval_id',
      'dry_run_id',
      'trace_id',
      'call',
      'call_digest',
      'reasons',
      'decide_by',
    ] as const;
    const before = pending();
    const after = given(request(), complete(true, at(10)), consume(at(20)));
    for (const key of keys) expect(after[key]).toEqual(before[key]);
  });
});

describe('an approval id', () => {
  it('is the same for the same question, and another for each other one', () => {
    const questions = [
      ['me', 'key', 1],
      ['me', 'key', 2],
      ['you', 'key', 1],
      ['m', 'ekey', 1],
    ] as const;
    const ids = questions.map(([principal, key, generation]) => approvalIdFor(principal, key, generation));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toBe(approvalIdFor('me', 'key', 1));
    for (const id of ids) expect(id).toMatch(/^apr_[a-z2-7]{26}$/);
  });
});
