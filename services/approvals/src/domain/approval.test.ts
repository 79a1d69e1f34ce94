import { describe, expect, it } from 'vitest';
import { at, DECIDE_MS as DECIDE, given, happens, person, USE_MS as USE } from '../testkit/states.ts';
import { type ApprovalCommand as Command, isOverdue, stands } from './approval.ts';
import { approvalIdFor } from './identity.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ID = approvalIdFor('me', 'key', 1);

const request = (now = at(0)): Command => ({
  type: 'request',
  now,
  identity: {
    approval_id: ID,
    dry_run_id: 'key',
    generation: 1,
    trace_id: 'f'.repeat(32),
  },
  asked: { call: { tool: 'refunds.create', principal: 'me' }, reasons: ['over the cap'] },
  call_digest: DIGEST,
  decideWithinMs: DECIDE,
});
const someone = person('someone');
const complete = (rightCode: boolean, now: Date): Command =>
  rightCode
    ? { type: 'vote', now, by: someone, verdict: 'approve', useWithinMs: USE }
    : { type: 'burn', now, by: someone, drawn_code_only: false };
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

const pending = given().after(request());
const approved = pending.after(complete(true, at(10)));
const refused = (why: string) => ({ because: `Approval ${ID} ${why}` });
const noSuch = { because: 'There is no such approval' };

describe('an approval', () => {
  it('waits, is approved by the right code, and is used up once by the call it was given for', () => {
    expect(pending.state).toMatchObject({ status: 'pending', decide_by: at(DECIDE).toISOString() });
    expect(approved.state).toMatchObject({
      status: 'approved',
      decided_by: 'someone',
      use_by: at(10 + USE).toISOString(),
    });
    const consumed = approved.after(consume(at(20)));
    expect(consumed.state).toMatchObject({ status: 'consumed', decision_id: 'd1' });
    consumed.when(consume(at(30))).comesTo(refused('is consumed'));
  });

  it('is denied by a wrong code, and the right one is too late then', () => {
    const denied = pending.after(complete(false, at(10)));
    expect(denied.state).toMatchObject({ status: 'denied', denied_because: 'wrong code' });
    denied.when(complete(true, at(20))).comesTo(refused('was denied, because a wrong code was given'));
    denied.when(consume(at(20))).comesTo(refused('is denied'));
  });

  it('opens no call but its own, and none before it is approved', () => {
    const another = consume(at(20), `sha256:${'b'.repeat(64)}`);
    approved.when(another).comesTo(refused('was given for another call'));
    pending.when(consume(at(20))).comesTo(refused('is pending'));
    given()
      .when(consume(at(20)))
      .comesTo(noSuch);
  });

  it('can be decided and used in its last millisecond, and only expires after it', () => {
    pending.when(complete(true, at(DECIDE))).comesTo(happens('approved'));
    pending.when(complete(true, at(DECIDE + 1))).comesTo(happens('expired'));
    approved.when(consume(at(10 + USE))).comesTo(happens('consumed'));
    approved.when(consume(at(10 + USE + 1))).comesTo(happens('expired'));
    pending.when(expire(at(DECIDE))).comesTo(refused('is not overdue'));
  });

  it('is taken back by who asked, while it waits or is approved, and nothing of a decision stays', () => {
    const taken = { status: 'cancelled', cancelled_because: 'the client gave up' };
    const cancelled = { ...pending.state, ...taken, cancelled_at: at(20).toISOString() };
    expect(pending.after(cancel(at(20))).state).toEqual(cancelled);
    const late = approved.after(cancel(at(20)));
    expect(late.state).toEqual(cancelled);
    late.when(consume(at(30))).comesTo(refused('is cancelled'));
    late.when(complete(true, at(30))).comesTo(refused('was cancelled: the client gave up'));
  });

  it('is taken back by nobody else, and not once its deadline is past', () => {
    pending.when(cancel(at(20), 'you')).comesTo(refused("is another's"));
    approved.when(cancel(at(20), 'you')).comesTo(refused("is another's"));
    pending.when(cancel(at(DECIDE + 1))).comesTo(happens('expired'));
    given()
      .when(cancel(at(20)))
      .comesTo(noSuch);
  });

  it('speaks for its call while it is open, and against it until its deadline to decide where it is denied', () => {
    const standing = ({ state }: typeof pending, ...times: number[]) =>
      times.map((ms) => state && stands(state, at(ms)));
    expect(standing(pending.after(complete(false, at(10))), DECIDE, DECIDE + 1)).toEqual([true, false]);
    expect(standing(pending, DECIDE, DECIDE + 1)).toEqual([true, false]);
    expect(standing(approved, 10 + USE, 10 + USE + 1)).toEqual([true, false]);
    expect(standing(pending.after(cancel(at(1))), 2)).toEqual([false]);
    expect(standing(approved.after(consume(at(12))), 13)).toEqual([false]);
  });

  it('never changes once it is over', () => {
    const over = [
      pending.after(complete(false, at(1))),
      pending.after(complete(true, at(1)), consume(at(2))),
      pending.after(expire(at(DECIDE + 1))),
      pending.after(cancel(at(1))),
    ];
    const late = at(10 * DECIDE);
    for (const { state, when } of over) {
      expect(state && isOverdue(state, late)).toBe(false);
      for (const command of [request(), complete(true, at(3)), consume(at(3)), cancel(at(3)), expire(late)]) {
        when(command).comesTo({ because: expect.any(String) as string });
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
    const after = approved.after(consume(at(20))).state;
    expect.assertions(keys.length);
    for (const key of keys) expect(after?.[key]).toEqual(pending.state?.[key]);
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
