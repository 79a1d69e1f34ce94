import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import type { Approval } from '@aegis/contracts/approvals';
import { recordCall } from '@aegis/contracts/call-digest';
import type { CheckReply, EnforceRequest } from '@aegis/contracts/decision';
import { decisionEvent } from '@aegis/contracts/decision-event';
import { describe, expect, it } from 'vitest';
import {
  type Decided,
  decideWithoutApproval,
  decideWithReply,
  factsOf,
  type Ruling,
  toReply,
  withReasonsToAsk,
} from './decision.ts';

const ID = `apr_${'a'.repeat(26)}`;
const call = { tool: 'refunds.create', amount_cents: 900, principal: 'me' };
const said = (decision: CheckReply['decision'], more: Partial<CheckReply> = {}): CheckReply => ({
  decision,
  allowed: decision === 'allow',
  approval_required: decision === 'review',
  reasons: decision === 'allow' ? [] : ['over the cap'],
  rule: { index: 1, match: 'refunds.*' },
  policy_digest: `sha256:${'3'.repeat(64)}`,
  policy_version: 2,
  ...more,
});
const ruling = (verdict: CheckReply, request: Partial<EnforceRequest> = {}): Ruling => ({
  request: { call, via: 'rest', ...request },
  call: recordCall(call),
  verdict,
  ruledAt: '2026-01-01T00:00:00.000Z',
});

const AT = '2026-01-01T00:00:00.000Z';
const asked = {
  approval_id: ID,
  dry_run_id: 'its-key',
  generation: 1,
  trace_id: 'e'.repeat(32),
  call,
  call_digest: recordCall(call).call_digest,
  reasons: ['asked because of this'],
  requested_at: AT,
  decide_by: AT,
};
const yes = { decided_at: AT, decided_by: 'ada', use_by: AT };
const pending: Approval = { ...asked, status: 'pending' };
const approved: Approval = { ...asked, ...yes, status: 'approved' };
const denied: Approval = {
  ...asked,
  decided_at: AT,
  decided_by: 'ada',
  status: 'denied',
  denied_because: 'no',
};
const expired: Approval = { ...asked, status: 'expired', expired_at: AT };
const cancelled: Approval = {
  ...asked,
  status: 'cancelled',
  cancelled_at: AT,
  cancelled_because: 'not needed',
};
const superseded: Approval = {
  ...asked,
  status: 'superseded',
  superseded_at: AT,
  superseded_because: 'new rules',
};
const consumed: Approval = { ...asked, ...yes, status: 'consumed', consumed_at: AT, decision_id: 'd1' };
const granted: Approval = { ...approved, grant_id: `gra_${'g'.repeat(26)}` };

describe('what the policy says decides by itself', () => {
  it.each([
    ['allows', said('allow'), { outcome: 'allowed', reasons: [] }],
    ['denies', said('deny'), { outcome: 'blocked', reasons: ['over the cap'] }],
    ['asks a person', said('review'), 'review'],
  ])('where it %s', (_, verdict, decided) => {
    expect(decideWithoutApproval(ruling(verdict))).toEqual(decided);
  });
});

describe('a caller that knows a reason of its own to ask a person', () => {
  const because = ['its definition has changed'];
  it.each([
    ['what a rule allows is asked about', said('allow'), 'review', because],
    [
      'what a rule asks about is asked about for both reasons',
      said('review'),
      'review',
      ['over the cap', ...because],
    ],
    ['what a rule denies stays denied, for its own reason', said('deny'), 'deny', ['over the cap']],
  ])('%s', (_, verdict, decision, reasons) => {
    const heard = withReasonsToAsk(verdict, because);
    expect(heard).toMatchObject({
      decision,
      reasons,
      allowed: false,
      approval_required: decision === 'review',
    });
    expect(heard.policy_digest).toBe(verdict.policy_digest);
  });

  it('without one, the policy is taken at its word', () => {
    for (const verdict of [said('allow'), said('review'), said('deny')])
      expect(withReasonsToAsk(verdict, undefined)).toBe(verdict);
  });
});

const ONCE_MORE = 'To ask again, send the call once more';

/** Given what the policy says and how the approval stands, when the call is to run now: then. */
const CASES: [name: string, given: { verdict: CheckReply; approval: Approval }, then: Decided | 'consume'][] =
  [];
const rules = { 'a rule that asks': said('review'), 'a rule that allows': said('allow') };
for (const [rule, verdict] of Object.entries(rules)) {
  const blocked = (approval: Approval, why: string): Decided => ({
    outcome: 'blocked',
    reasons: [...verdict.reasons, `Approval ${ID} ${why}`],
    approval,
  });
  const waits = verdict.allowed ? pending.reasons : verdict.reasons;
  const row = (how: string, approval: Approval, then: Decided | 'consume') =>
    CASES.push([`${rule}, an approval ${how}`, { verdict, approval }, then]);
  row('that waits', pending, { outcome: 'pending', reasons: waits, approval: pending });
  row('that a person gave', approved, 'consume');
  row('that a grant gave', granted, 'consume');
  row(
    'that was denied',
    denied,
    blocked(denied, 'was denied: no. To ask again, send the call with another run key'),
  );
  row('that expired', expired, blocked(expired, `is expired. ${ONCE_MORE}`));
  row('that was taken back', cancelled, blocked(cancelled, `is cancelled: not needed. ${ONCE_MORE}`));
  row('that is superseded', superseded, blocked(superseded, `is superseded: new rules. ${ONCE_MORE}`));
  row('that was used', consumed, blocked(consumed, `is consumed. ${ONCE_MORE}`));
}

it('in the path, where nobody names a run key, a denial says none', () => {
  const one = ruling(said('review'), { via: 'wrap' });
  expect(decideWithReply(one, { approval: denied }, 'review')).toMatchObject({
    reasons: ['over the cap', `Approval ${ID} was denied: no`],
  });
});

describe('what an approval means under', () => {
  it.each(CASES)('%s', (_, { verdict, approval }, then) => {
    const one = ruling(verdict);
    expect(decideWithReply(one, { approval }, decideWithoutApproval(one))).toEqual(then);
  });

  it('nothing but an approved one is ever used, and nothing is allowed without that', () => {
    const decided = CASES.map(([, { verdict, approval }]) => {
      const one = ruling(verdict);
      return [approval.status, decideWithReply(one, { approval }, decideWithoutApproval(one))] as const;
    });
    for (const [status, what] of decided) {
      expect(what === 'consume').toBe(status === 'approved');
      expect(what).not.toMatchObject({ outcome: 'allowed' });
    }
  });
});

describe('where there is no approval', () => {
  it('a yes to a question without a call opens none', () => {
    const answer: Approval = { ...approved, call: { ...call, tool: 'require_approval' } };
    const because = `Approval ${ID} answers a question without a call, and opens none`;
    for (const verdict of Object.values(rules))
      expect(decideWithReply(ruling(verdict), { approval: answer }, 'review')).toEqual({
        outcome: 'blocked',
        reasons: [...verdict.reasons, because],
        approval: answer,
      });
  });

  it('a call that a rule allows is allowed, and one that it asks about still has to be asked', () => {
    const allowed = ruling(said('allow'));
    expect(decideWithReply(allowed, {}, decideWithoutApproval(allowed))).toEqual({
      outcome: 'allowed',
      reasons: [],
    });
    expect(decideWithReply(ruling(said('review')), {}, 'review')).toBe('review');
  });

  it.each(['allow', 'review'] as const)(
    'because none was made, it is blocked, and says why (%s)',
    (decision) => {
      const one = ruling(said(decision));
      const refused = '50 calls wait already';
      expect(decideWithReply(one, { refused }, decideWithoutApproval(one))).toEqual({
        outcome: 'blocked',
        reasons: [...one.verdict.reasons, refused],
      });
      expect(decideWithReply(one, { refused, approval: approved }, 'review')).toMatchObject({
        outcome: 'blocked',
      });
    },
  );
});

describe('what is stored of it, and answered', () => {
  const made = { source: 'enforcer', time: AT, traceId: 'e'.repeat(32), id: 'd1' };
  const dispatch = { call_id: 'c1', instance: 'i1', server: 'shop', method: 'tools/call' };
  const finish = (one: Ruling, decided: Decided, more = {}) => {
    const event = decisionEvent(factsOf(one, decided, more), made);
    return { data: event.data, reply: toReply(event, made.traceId) };
  };

  it.each([
    ['allowed', { allowed: true, approval_required: false }],
    ['pending', { allowed: false, approval_required: true }],
    ['blocked', { allowed: false, approval_required: false }],
  ] as const)('%s', (outcome, answer) => {
    const { data, reply } = finish(ruling(said('review')), { outcome, reasons: ['why'] });
    expect(data).toMatchObject({ outcome, reasons: ['why'] });
    expect(reply).toEqual({
      ...answer,
      status: outcome,
      reasons: ['why'],
      trace_id: made.traceId,
      decision_id: 'd1',
    });
  });

  it('the approval and its key, where there is one; else the key that the caller gave, if any', () => {
    const one = ruling(said('review'), { dry_run_id: 'mine' });
    const waits = { outcome: 'pending', reasons: [] } as const;
    const names = { approval_id: ID, dry_run_id: 'its-key' };
    const { data, reply } = finish(one, { ...waits, reasons: [], approval: pending });
    expect([data, reply]).toEqual([expect.objectContaining(names), expect.objectContaining(names)]);
    expect(finish(one, { outcome: 'blocked', reasons: [] }).reply).toMatchObject({ dry_run_id: 'mine' });
    const bare = finish(ruling(said('allow')), { outcome: 'allowed', reasons: [] });
    expect([bare.data.dry_run_id, bare.reply.approval_id, bare.reply.dry_run_id]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('a dispatch only of what is allowed, and whatever came with the call of all', () => {
    const origin = { client: { name: 'cursor' }, door: 'prompt:x', recorded_args: { a: 1 } };
    const one = ruling(said('review'), { ...origin, dispatch, via: 'wrap' });
    expect(finish(one, { outcome: 'allowed', reasons: [] }).data).toMatchObject({
      ...origin,
      dispatch,
      via: 'wrap',
    });
    for (const outcome of ['pending', 'blocked'] as const) {
      const { data } = finish(one, { outcome, reasons: [] });
      expect([data.dispatch, data.client]).toEqual([undefined, origin.client]);
    }
  });

  it('the policy and the rule that decided, with what the rule took, and the key and the trace of the caller', () => {
    const one = ruling(said('review', { op: 'refund', amount_cents: 100 }));
    const more = { idempotency_digest: 'k', caller_traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
    const { rule, policy_digest, policy_version } = one.verdict;
    expect(finish(one, { outcome: 'blocked', reasons: [] }, more).data).toEqual({
      call: { ...recordCall(call), op: 'refund', amount_cents: 100 },
      outcome: 'blocked',
      reasons: [],
      rule,
      policy_digest,
      policy_version,
      ruled_at: one.ruledAt,
      via: 'rest',
      ...more,
    });
  });
});

const whereNobodyApproves = (approval: Approval) => {
  const decided = decideWithReply(ruling(said('review')), { approval, nobody: true }, 'review');
  return typeof decided === 'string' ? decided : decided.reasons;
};

it('where nobody can approve yet, who waits is told what a person has to do; what was approved is used', () => {
  expect(whereNobodyApproves(pending)).toEqual(['over the cap', NOBODY_APPROVES]);
  expect(whereNobodyApproves(denied)).not.toContain(NOBODY_APPROVES);
  expect(whereNobodyApproves(approved)).toBe('consume');
});
