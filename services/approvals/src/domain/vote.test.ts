import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { describe, expect, it } from 'vitest';
import { asked, at, given, person, USE_MS, waiting } from '../testkit/states.ts';
import { approvals } from './approval.ts';
import { type Approver, CODE_HOLDER } from './approver.ts';
import { quorumOf, type Vote } from './vote.ts';

const word = (by: Approver, more: Partial<Vote> = {}) => ({
  type: 'vote' as const,
  now: at(10),
  by,
  verdict: 'approve' as const,
  useWithinMs: USE_MS,
  ...more,
});
type Word = ReturnType<typeof word>;
/** The approval after everybody's word, each of which must change something. */
const after = (state: Approval, ...words: Word[]): Approval =>
  given(asked(state)).after(...words).state as Approval;
const said = (state: Approval, one: Word): unknown => {
  const decision = approvals.decide(one, state);
  if ('event' in decision) return decision.event.type.split('.')[2];
  return [decision.fault ?? 'no fault', decision.because];
};
const [ada, bob, cyd] = ['ada', 'bob', 'cyd'].map((name) => person(name)) as [Approver, Approver, Approver];

describe('where a rule takes two people', () => {
  const two = waiting({ quorum: 2 });

  it('the first yes is noted with its reason and opens nothing, the second of another person approves', () => {
    const once = after(two, word(ada, { reason: 'seen' }));
    expect(once).toEqual({ ...two, endorsements: [{ by: 'ada', at: at(10).toISOString(), reason: 'seen' }] });
    const twice = after(two, word(ada, { reason: 'seen' }), word(bob, { now: at(20) }));
    expect(twice).toMatchObject({ status: 'approved', decided_by: 'bob', decided_at: at(20).toISOString() });
    expect(twice.endorsements?.map(({ by }) => by)).toEqual(['ada', 'bob']);
  });

  it('one person counts once, however often they say yes', () => {
    const once = after(two, word(ada));
    expect(said(once, word(ada))).toEqual(['no fault', 'ada has said yes already; it takes 2 people']);
    expect(said(once, word(bob))).toBe('approved');
  });

  it('whoever knows the code is nobody by name, and so none of the two', () => {
    const [fault, because] = said(two, word(CODE_HOLDER)) as string[];
    expect(fault).toBe('not_an_approver');
    expect(because).toContain('each by their own key');
  });

  it('the yes of somebody who is no approver any more counts no longer', () => {
    const once = after(two, word(ada));
    const again = after(once, word(bob, { gone: ['ada'] }));
    expect(again).toMatchObject({ status: 'pending', endorsements: [{ by: 'bob' }] });
    expect(said(again, word(cyd))).toBe('approved');
  });

  it('one no ends it, also of somebody who said yes before', () => {
    for (const by of [ada, bob]) {
      const over = after(two, word(ada), word(by, { verdict: 'deny', reason: 'too much' }));
      expect(over).toMatchObject({ status: 'denied', decided_by: by.name, denied_because: 'too much' });
      expect(over).toHaveProperty('decision_reason', 'too much');
    }
  });

  it('takes as many as it says', () => {
    const five = waiting({ quorum: 5 });
    const people = Array.from({ length: 5 }, (_, n) => word(person(`p${n}`)));
    expect(after(five, ...people.slice(0, 4)).status).toBe('pending');
    expect(after(five, ...people).status).toBe('approved');
    expect([quorumOf(five), quorumOf(waiting())]).toEqual([5, 1]);
  });
});

describe('where a rule takes one person', () => {
  it('approves without a list of who said yes, and denies with a sentence where nobody said why', () => {
    expect(after(waiting(), word(ada))).toEqual({
      ...waiting(),
      status: 'approved',
      decided_at: at(10).toISOString(),
      decided_by: 'ada',
      use_by: at(10 + USE_MS).toISOString(),
    });
    expect(after(waiting(), word(ada, { verdict: 'deny' }))).toMatchObject({
      denied_because: 'no reason was given',
    });
  });

  it('a call may be run for as long as its rule says', () => {
    expect(after(waiting({ use_within_ms: 7 }), word(ada))).toHaveProperty('use_by', at(17).toISOString());
  });
});

describe('who asked never counts', () => {
  it.each([
    ['under their own name', 'ada', ada],
    ['by their key as a caller', 'key:ada', ada],
    ['as a user of this machine', 'os-user:ada', ada],
    ['by a caller listed as theirs', 'key:laptop', person('ada', { principals: ['key:laptop'] })],
    ['in capitals', 'os-user:ADA', ada],
    ['in full width', 'os-user:ａｄａ', ada],
    ['in letters of another alphabet', 'os-user:аԁа', ada],
    ['with a character that nobody sees', 'key:a\u200bda', ada],
    ['by a caller that looks like one listed', 'key:1aptop', person('ada', { principals: ['key:Laptop'] })],
  ])('%s, neither with a yes nor with a no', (_, principal, by) => {
    const own = waiting(undefined, principal);
    const because = ['not_an_approver', "ada asked for this call, and so can't decide it"];
    expect(said(own, word(by))).toEqual(because);
    expect(said(own, word(by, { verdict: 'deny' }))).toEqual(because);
    expect(said(own, word(bob))).toBe('approved');
  });

  it('not as one of two either, though the rule names them', () => {
    const own = waiting({ quorum: 2, approvers: ['ada', 'bob'] }, 'key:ada');
    expect(said(after(own, word(bob)), word(ada))).toEqual(['not_an_approver', expect.any(String)]);
  });
});

it('two who only look different are one, where a rule wants two', () => {
  const state = after(waiting({ quorum: 2 }), word(person('ada')));
  expect(said(state, word(person('Ada')))).toEqual([
    'no fault',
    expect.stringContaining('has said yes already'),
  ]);
  expect(said(state, word(bob))).toBe('approved');
});

describe('where a rule names approvers', () => {
  const terms: ApprovalTerms = { approvers: ['finance', 'cyd'] };

  it.each([
    ['who has the role', person('ada', { roles: ['support', 'finance'] })],
    ['who is named', cyd],
  ])('they decide: %s', (_, by) => {
    expect(said(waiting(terms), word(by))).toBe('approved');
    expect(said(waiting(terms), word(by, { verdict: 'deny' }))).toBe('denied');
  });

  it.each([
    ['without the role', bob],
    ['with a role that begins like it', person('bob', { roles: ['finance2', 'Finance'] })],
    ['an admin', person('bob', { roles: ['admin'] })],
  ])('nobody else does: %s', (_, by) => {
    const because = 'only finance, cyd may decide this, and bob is not one of them';
    expect(said(waiting(terms), word(by))).toEqual(['not_an_approver', because]);
    expect(said(waiting(terms), word(by, { verdict: 'deny' }))).toEqual(['not_an_approver', because]);
  });
});

describe('where a rule asks for a reason', () => {
  const reasoned = waiting({ require_reason: true });

  it.each([undefined, '', '   ', '\n\t', '\u200b\u2060', '\u2800\u3164', '\u{1d159}'])(
    '%j is none, for a yes and for a no',
    (reason) => {
      for (const verdict of ['approve', 'deny'] as const) {
        expect(said(reasoned, word(ada, { verdict, reason }))).toEqual([
          'invalid_request',
          'reason: this rule asks for one',
        ]);
      }
    },
  );

  it('the reason is kept, without the blanks around it', () => {
    expect(after(reasoned, word(ada, { reason: ' seen \n' }))).toHaveProperty('decision_reason', 'seen');
  });

  it('a blank one is left out where none is asked for', () => {
    expect(after(waiting(), word(ada, { reason: '  ' }))).toMatchObject({ decision_reason: undefined });
  });
});
