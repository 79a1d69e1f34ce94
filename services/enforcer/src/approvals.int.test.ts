import { type Bus, route } from '@aegis/bus';
import {
  type Approval,
  approvalsConsume,
  approvalsRequest,
  type ConsumeApproval,
  type RequestApproval,
  type RequestReply,
} from '@aegis/contracts/approvals';
import { callDigest } from '@aegis/contracts/call-digest';
import { type EnforceReply, type EnforceRequest, enforce } from '@aegis/contracts/decision';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startWorld, verdict, type World } from './testkit/world.ts';

const call = { tool: 'a.tool', principal: 'me' };
const terms = { approvers: ['finance'], quorum: 2, require_reason: true as const };
const askedAs = (id: string) => ({
  approval_id: `apr_${id.repeat(26)}`,
  dry_run_id: 'key',
  generation: 1,
  trace_id: 'e'.repeat(32),
  call,
  call_digest: callDigest(call),
  reasons: ['because'],
  requested_at: '2026-01-01T00:00:00.000Z',
  decide_by: '2026-01-01T01:00:00.000Z',
});
const yes = {
  decided_at: '2026-01-01T00:01:00.000Z',
  decided_by: 'ada',
  use_by: '2026-01-01T00:06:00.000Z',
};
const approved: Approval = { status: 'approved', ...askedAs('a'), ...yes };
const next: Approval = { status: 'pending', ...askedAs('b'), terms };

let world: World;
let gateway: Bus;
let requests: RequestApproval[];
let uses: ConsumeApproval[];
beforeEach(async () => {
  world = await startWorld();
  await world.startEnforcer();
  gateway = await world.connect('gateway');
  requests = [];
  uses = [];
});
afterEach(() => world.stop());

const ask = (more: Partial<EnforceRequest> = {}) =>
  gateway
    .ask(enforce, { call, via: 'rest', ...more }, { deadlineMs: Date.now() + 2_000 })
    .catch((error: { code: string }) => error.code);

/** An approvals service that gives these answers to a request, one after the other, and uses up approvals or doesn't. */
async function approvalsSay(answers: RequestReply[], consumed = true): Promise<void> {
  await world.standIn(
    'approvals',
    route(approvalsRequest, (request) => {
      requests.push(request);
      return answers[requests.length - 1] ?? {};
    }),
    route(approvalsConsume, (request) => {
      uses.push(request);
      return consumed ? { consumed } : { consumed, because: 'it is superseded' };
    }),
  );
}

it('what the rule says of who decides goes along with the question and with the use', async () => {
  await world.policySays(verdict('review', { terms }));
  await approvalsSay([{ approval: approved }]);
  expect(await ask()).toMatchObject({ allowed: true });
  expect(requests).toMatchObject([{ terms }]);
  expect(uses).toMatchObject([{ approval_id: approved.approval_id, terms }]);
});

it.each([
  [
    'that was stored with the use of its approval',
    { approval: approved },
    (): unknown[] => uses.map(({ decision }) => decision),
  ],
  ['that is stored while the call waits', { approval: next }, () => world.logged()],
])('an answer names its decision: the one %s', async (_, answer, stored) => {
  await world.policySays(verdict('review'));
  await approvalsSay([answer]);
  const reply = await ask();
  expect(await stored()).toMatchObject([{ id: (reply as EnforceReply).decision_id }]);
});

it('no grant answers for what the caller sends to a person', async () => {
  await world.policySays(verdict('allow', { terms, amount_cents: 9_900, op: 'pay' }));
  await approvalsSay([{ approval: next }]);
  await ask({ review_because: ['its definition has changed'] });
  expect(requests).toMatchObject([
    {
      no_grant: true,
      terms,
      ruled: { amount_cents: 9_900, op: 'pay' },
      reasons: ['its definition has changed'],
    },
  ]);
});

it('a call that a rule sends to a person, and a grant approves, is allowed by its approval', async () => {
  const grant_id = `gra_${'g'.repeat(26)}`;
  await world.policySays(verdict('review'));
  await approvalsSay([{ approval: { ...approved, grant_id } }]);
  expect(await ask()).toMatchObject({ allowed: true, status: 'allowed', approval_id: approved.approval_id });
  expect(requests[0]).not.toHaveProperty('no_grant');
  expect(uses).toHaveLength(1);
});

it('where no approval is made the call is blocked, says why, and is on record', async () => {
  const refused = '50 calls of this agent wait for a person already';
  await world.policySays(verdict('review'));
  await approvalsSay([{ refused }]);
  const blocked = { status: 'blocked', reasons: ['because', refused] };
  expect(await ask()).toMatchObject({ ...blocked, allowed: false, approval_required: false });
  expect((await world.logged()).map(({ data }) => data)).toMatchObject([
    { outcome: 'blocked', reasons: ['because', refused] },
  ]);
});

it('an approval that was superseded as it was used gives way to the new one, which is pending', async () => {
  await world.policySays(verdict('review', { terms }));
  await approvalsSay([{ approval: approved }, { approval: next }], false);
  expect(await ask()).toMatchObject({
    allowed: false,
    status: 'pending',
    approval_id: next.approval_id,
    reasons: ['because'],
  });
  expect((await world.logged()).map(({ data }) => data)).toMatchObject([{ outcome: 'pending' }]);
});

it('an approval that others use up each time it is looked at allows nothing, and three looks are enough', async () => {
  await world.policySays(verdict('review'));
  await approvalsSay(
    Array.from({ length: 9 }, () => ({ approval: approved })),
    false,
  );
  expect(await ask()).toBe('version_conflict');
  expect([requests.length, uses.length, (await world.logged()).length]).toEqual([3, 3, 0]);
});

it('an approval that stays superseded blocks the call, and says by what', async () => {
  const superseded_because = 'the policy changed';
  const superseded = { status: 'superseded', superseded_at: yes.decided_at, superseded_because } as const;
  await world.policySays(verdict('review'));
  await approvalsSay([{ approval: { ...askedAs('a'), ...superseded } }]);
  expect(await ask()).toMatchObject({
    status: 'blocked',
    reasons: [
      'because',
      `Approval ${approved.approval_id} is superseded: the policy changed. To ask again, send the call once more`,
    ],
  });
});

it('an approvals service that says neither yes nor no allows nothing', async () => {
  await world.policySays(verdict('review'));
  await approvalsSay([{}]);
  expect(await ask()).toBe('approvals_unavailable');
  expect(await world.logged()).toEqual([]);
});
