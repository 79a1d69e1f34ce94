import type { Approval } from '@aegis/contracts/approvals';
import { describe, expect, it } from 'vitest';
import { asked, at, DECIDE_MS, given, happens, person, USE_MS, waiting } from '../testkit/states.ts';
import { approvals } from './approval.ts';
import { CODE_HOLDER } from './approver.ts';
import type { Redeem } from './code.ts';
import type { Draw } from './vote.ts';

const [ada, bob] = [person('ada', { roles: ['finance'] }), person('bob', { roles: ['finance'] })] as const;
const draw = (more: Partial<Draw> = {}) => ({
  type: 'draw' as const,
  now: at(10),
  by: ada,
  digest: 'scrypt:one',
  withinMs: 30_000,
  ...more,
});
const redeem = (more: Partial<Redeem> = {}) => ({
  type: 'redeem' as const,
  now: at(20),
  principal: 'me',
  isRight: true,
  drawer: ada,
  useWithinMs: USE_MS,
  ...more,
});
const vote = (by = bob) => ({
  type: 'vote' as const,
  now: at(15),
  by,
  verdict: 'approve' as const,
  useWithinMs: USE_MS,
});
const waits = () => given(asked(waiting()));
const statusOf = ({ state }: { state: Approval | undefined }) => state?.status;

describe('a code that an approver draws', () => {
  it('changes nothing but that it waits, and its yes counts when it is spoken, as theirs, with their reason', () => {
    const drawn = waits().after(draw({ reason: ' seen ' }));
    expect(drawn.state).toEqual({
      ...waiting(),
      code: {
        digest: 'scrypt:one',
        drawn_by: 'ada',
        drawn_at: at(10).toISOString(),
        until: at(30_010).toISOString(),
        reason: 'seen',
      },
    });
    const { code: _, wrong_codes: _none, ...rest } = waiting();
    expect(drawn.after(redeem()).state).toEqual({
      ...rest,
      status: 'approved',
      decided_at: at(20).toISOString(),
      decided_by: 'ada',
      decision_reason: 'seen',
      use_by: at(20 + USE_MS).toISOString(),
      code_drawn_at: at(10).toISOString(),
      former_codes: [
        {
          digest: 'scrypt:one',
          drawn_by: 'ada',
          drawn_at: at(10).toISOString(),
          until: at(30_010).toISOString(),
          reason: 'seen',
          ended_at: at(20).toISOString(),
        },
      ],
    });
  });

  it.each([
    ['who asked', waiting({}, 'ada'), ada],
    ['who is not among those that the rule names', waiting({ approvers: ['support'] }), ada],
    ['who knows the code, where it takes two', waiting({ quorum: 2 }), CODE_HOLDER],
  ] as const)('is none for %s, as a yes is none', (_, state, by) => {
    expect(approvals.decide(draw({ by }), state)).toMatchObject({ fault: 'not_an_approver' });
  });

  it('says why where the rule asks for a reason, and is none of somebody who said yes already', () => {
    const reasoned = waiting({ require_reason: true });
    expect(approvals.decide(draw(), reasoned)).toMatchObject({ fault: 'invalid_request' });
    expect(approvals.decide(draw({ reason: 'seen' }), reasoned)).toMatchObject(happens('code_drawn'));
    const once = given(asked(waiting({ quorum: 2 }))).after(vote(ada));
    expect(approvals.decide(draw(), once.state)).toEqual({
      because: 'ada has said yes already; it takes 2 people',
    });
  });

  it('is one yes of those that it takes, and the next one draws anew', () => {
    const once = given(asked(waiting({ quorum: 2 }))).after(draw(), redeem());
    expect(once.state).toMatchObject({ status: 'pending', endorsements: [{ by: 'ada' }] });
    expect(once.state).not.toHaveProperty('code');
    const twice = once.after(draw({ by: bob }), redeem({ drawer: bob }));
    expect(twice.state).toMatchObject({ status: 'approved', decided_by: 'bob' });
  });

  it('lives no longer than its approval can be decided, and a right one that is late is no guess', () => {
    const drawn = waits().after(draw({ withinMs: DECIDE_MS * 2 }));
    expect(drawn.state).toMatchObject({ code: { until: at(DECIDE_MS).toISOString() } });
    const late = approvals.decide(redeem({ now: at(30_011) }), waits().after(draw()).state);
    expect(late).toEqual({
      because: `The code for approval ${waiting().approval_id} was good until ${at(30_010).toISOString()}: ask for another`,
    });
  });

  it('is kept by a yes of somebody else, which is to the very same call', () => {
    const two = given(asked(waiting({ quorum: 2 }))).after(draw(), vote());
    expect(two.state).toMatchObject({ endorsements: [{ by: 'bob' }], code: { drawn_by: 'ada' } });
    expect(two.after(redeem()).state).toMatchObject({ status: 'approved', decided_by: 'ada' });
  });

  it.each([
    ['another one that is drawn', draw({ by: bob, now: at(15), digest: 'scrypt:two' }), 'bob drew another'],
    ['a yes that its approver gives otherwise', vote(ada), 'ada said yes without it'],
  ])('is dropped by %s, and stays on record with why', (_, command, dropped_because) => {
    const dropped = given(asked(waiting({ quorum: 2 }))).after(draw(), command);
    expect(dropped.state).toMatchObject({
      former_codes: [
        { digest: 'scrypt:one', drawn_by: 'ada', ended_at: at(15).toISOString(), dropped_because },
      ],
    });
    expect(dropped.state).not.toHaveProperty('code.digest', 'scrypt:one');
  });

  it('is dropped by a no, as everything is', () => {
    const no = waits().after(draw(), { ...vote(), verdict: 'deny' });
    expect(no.state).not.toHaveProperty('code');
    expect(no.state).toMatchObject({ former_codes: [{ dropped_because: 'bob denied the call' }] });
  });

  const kept = { drawn_by: 'ada', drawn_at: '10', until: '40', ended_at: '30' };
  it.each([
    [{ dropped_because: 'bob drew another' }, 'was dropped at 30, when bob drew another'],
    [{}, 'was redeemed at 30, and works once'],
    [{ dropped_because: 'bob drew another', until: '20' }, 'was good until 20'],
  ])('that counts no more is no guess, and told as what it is: %j', (more, words) => {
    const former = { ...kept, digest: 'scrypt:x', ...more };
    const told = approvals.decide(redeem({ isRight: false, former }), waits().after(draw()).state);
    expect(told).toEqual({ because: `The code that ada drew ${words}: ask for another` });
  });

  it('is forgotten when it was drawn too long ago to be meant', () => {
    let state = waits();
    for (let count = 0; count < 30; count++) state = state.after(draw({ digest: `scrypt:${count}` }));
    expect(state.state?.former_codes).toHaveLength(20);
    expect(state.state?.former_codes?.at(-1)).toMatchObject({ digest: 'scrypt:28' });
  });

  it.each([
    ['cancelled', { type: 'cancel', now: at(15), principal: 'me', because: 'x' }],
    ['superseded', { type: 'supersede', now: at(15), because: 'x' }],
    ['expired', { type: 'expire', now: at(DECIDE_MS + 1) }],
    ['denied', { type: 'burn', now: at(15), by: CODE_HOLDER, drawn_code_only: false }],
    [
      'approved',
      { type: 'granted', now: at(15), grant: { grant_id: 'gra_x', granted_by: 'bob', useWithinMs: USE_MS } },
    ],
  ] as const)('redeems nothing once its approval is %s, whose state has none', (status, command) => {
    const over = waits().after(draw(), redeem({ isRight: false }), command);
    expect(statusOf(over)).toBe(status);
    expect(over.state).not.toHaveProperty('code');
    expect(over.state).not.toHaveProperty('wrong_codes');
    expect(approvals.decide(redeem(), over.state)).toHaveProperty('because');
  });

  it('is nothing where whoever drew it is no approver any more, or may not decide this any more', () => {
    const drawn = given(asked(waiting({ approvers: ['finance'] }))).after(draw());
    for (const drawer of [undefined, person('ada')])
      expect(approvals.decide(redeem({ drawer }), drawn.state)).toMatchObject({ fault: 'not_an_approver' });
  });

  it('two wrong ones leave it as it was, the third denies, and drawing again gives no new tries', () => {
    const twice = waits().after(redeem({ isRight: false }), draw(), redeem({ isRight: false }));
    expect(twice.state).toMatchObject({ status: 'pending', wrong_codes: 2, code: { drawn_by: 'ada' } });
    expect(statusOf(twice.after(redeem()))).toBe('approved');
    const third = twice.after(draw(), redeem({ isRight: false }));
    expect(third.state).toMatchObject({
      status: 'denied',
      decided_by: 'me',
      denied_because: '3 wrong codes',
      drawn_code_only: true,
    });
  });
});

it('a question without a call is answered, and opens none', () => {
  const question = { ...waiting(), call: { tool: 'require_approval', principal: 'me' } };
  const yes = given(asked(question)).after(vote());
  const { call_digest } = question;
  const use = { type: 'consume', now: at(20), call_digest, decision_id: 'd', terms: undefined } as const;
  expect(approvals.decide({ ...use, supersededBecause: undefined }, yes.state)).toEqual({
    because: `Approval ${question.approval_id} answers a question without a call, and opens none`,
  });
});
