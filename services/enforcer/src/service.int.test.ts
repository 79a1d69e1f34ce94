import { type Bus, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import {
  type Approval,
  approvalsConsume,
  approvalsRequest,
  approvalsStanding,
} from '@aegis/contracts/approvals';
import { MAX_ARGUMENT_BYTES } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import {
  type CheckReply,
  type EnforceReply,
  type EnforceRequest,
  enforce,
  policyCheck,
} from '@aegis/contracts/decision';
import { enforceLog, idempotencyLog } from '@aegis/contracts/subjects';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, verdict, type World } from './testkit/world.ts';

const call = { tool: 'a.tool', principal: 'me', args: { n: 1 } };
const request = (more: Partial<EnforceRequest> = {}): EnforceRequest => ({ call, via: 'rest', ...more });
const withText = (length: number) => request({ call: { ...call, args: { t: 'a'.repeat(length) } } });
const asked = {
  approval_id: 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  dry_run_id: 'key',
  generation: 1,
  trace_id: 'e'.repeat(32),
  call,
  call_digest: callDigest(call),
  reasons: ['because'],
  requested_at: '2026-01-01T00:00:00.000Z',
  decide_by: '2026-01-01T01:00:00.000Z',
};
const decided = { decided_at: '2026-01-01T00:01:00.000Z', decided_by: 'x' };
const pending: Approval = { status: 'pending', ...asked };
const approved: Approval = { status: 'approved', ...asked, ...decided, use_by: '2026-01-01T00:06:00.000Z' };
const denied: Approval = { status: 'denied', ...asked, ...decided, denied_because: 'wrong code' };

let server: TestNatsServer;
let world: World;
let gateway: Bus;
let audit: Bus;
let service: Service;
let clock: () => Date;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = () => new Date();
  world = await startWorld(server);
  [gateway, audit] = await Promise.all([world.connect('gateway'), world.connect('audit')]);
  service = await world.startEnforcer({ now: () => clock() });
});
afterEach(() => world.stop());

const policySays = (decision: CheckReply['decision']) => world.policySays(verdict(decision));

const ask = (data: EnforceRequest, forMs = 1_000) =>
  gateway
    .ask(enforce, data, { deadlineMs: Date.now() + forMs })
    .catch((error: { code: string }) => error.code);
/** How many decisions are on the log, by outcome. */
async function recorded(): Promise<string[]> {
  const outcomes: string[] = [];
  for (let seq = 1; ; seq++) {
    const stored = await audit.read.at(seq, Date.now() + 1_000);
    if (!stored) return outcomes;
    if (stored.subject.startsWith(enforceLog('allowed').slice(0, -'allowed'.length))) {
      outcomes.push(stored.subject.split('.').at(-1) ?? '');
    }
  }
}

describe('the enforcer', () => {
  it('records the decision before it answers', async () => {
    await policySays('allow');
    const before = (await recorded()).length;
    expect(await ask(request())).toMatchObject({ allowed: true, status: 'allowed', reasons: [] });
    expect((await recorded()).slice(before)).toEqual(['allowed']);
  });

  it('takes a mebibyte of arguments, and refuses one byte more by the limit', async () => {
    await policySays('allow');
    const room = MAX_ARGUMENT_BYTES - '{"t":""}'.length;
    expect(await ask(withText(room))).toMatchObject({ allowed: true });
    expect(await ask(withText(room + 1))).toBe('payload_too_large');
  });

  it('blocks what the policy denies, and says why', async () => {
    await policySays('deny');
    expect(await ask(request())).toMatchObject({ allowed: false, status: 'blocked', reasons: ['because'] });
  });

  it.each([
    ['pending', pending, { status: 'pending', approval_required: true, reasons: ['because'] }],
    ['denied', denied, { status: 'blocked', approval_required: false }],
  ])('answers a review whose approval is %s', async (_what, approval, expected) => {
    await policySays('review');
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval })),
    );
    expect(await ask(request())).toMatchObject({ ...expected, allowed: false, trace_id: asked.trace_id });
  });

  it('allows an approved call only where the approval was used up for it', async () => {
    await policySays('review');
    let state: Approval = approved;
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval: state })),
      route(approvalsConsume, () => {
        const consumed = state === approved;
        state = pending;
        return { consumed };
      }),
    );
    expect(await ask(request())).toMatchObject({ allowed: true, trace_id: asked.trace_id });
    expect(await ask(request())).toMatchObject({ allowed: false, status: 'pending' });
  });

  it('looks again when somebody else used the approval up', async () => {
    await policySays('review');
    let state: Approval = approved;
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval: state })),
      route(approvalsConsume, () => {
        state = pending;
        return { consumed: false, because: 'it is consumed' };
      }),
    );
    expect(await ask(request())).toMatchObject({ allowed: false, status: 'pending' });
  });

  it('gives a retry with its key the first answer, and one with another call or caller none', async () => {
    await policySays('allow');
    const first = await ask(request({ idempotency_key: 'k1' }));
    expect(first).toMatchObject({ allowed: true, decision_id: expect.stringMatching(/./) });
    expect(first).not.toHaveProperty('replayed');
    expect(await ask(request({ idempotency_key: 'k1' }))).toEqual({ ...(first as object), replayed: true });
    const other = request({ idempotency_key: 'k1', call: { ...call, args: { n: 2 } } });
    expect(await ask(other)).toBe('idempotency_key_reused');
    const stranger = await ask(request({ idempotency_key: 'k1', call: { ...call, principal: 'you' } }));
    expect(stranger).not.toHaveProperty('replayed');
  });
});

/** A policy whose word changes. */
async function policyThatSays(first: CheckReply['decision']) {
  const now = { decision: first };
  await world.standIn(
    'policy',
    route(policyCheck, () => verdict(now.decision)),
  );
  return now;
}

describe('an answer that was kept', () => {
  it('is given again for ten minutes, and then the key is refused', async () => {
    await policySays('allow');
    const first = await ask(request({ idempotency_key: 'old' }));
    clock = () => new Date(Date.now() + 9 * 60_000);
    expect(await ask(request({ idempotency_key: 'old' }))).toEqual({ ...(first as object), replayed: true });
    clock = () => new Date(Date.now() + 11 * 60_000);
    expect(await ask(request({ idempotency_key: 'old' }))).toBe('idempotency_key_expired');
  });

  it('is on record each time that it is given again, and its decision once', async () => {
    await policySays('allow');
    const before = (await world.logged()).length;
    const first = (await ask(request({ idempotency_key: 'thrice' }))) as EnforceReply;
    for (let n = 0; n < 2; n++) await ask(request({ idempotency_key: 'thrice' }));
    const events = (await world.logged()).slice(before);
    expect(events.map(({ type }) => type.split('.').slice(1, 3).join('.'))).toEqual([
      'decision.enforced',
      'idempotency.answered',
      'idempotency.replayed',
      'idempotency.replayed',
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      call: { tool: call.tool, principal: 'me' },
      outcome: 'allowed',
      decision_id: first.decision_id,
      answered_at: events[1]?.time,
    });
  });

  it.each([
    ['allow', 'deny', 'allowed'],
    ['allow', 'review', 'allowed'],
    ['review', 'deny', 'pending'],
  ] as const)('of a policy that said %s is blocked once it says %s', async (was, is, answered) => {
    const policy = await policyThatSays(was);
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval: pending })),
    );
    const asking = request({ idempotency_key: `${was} to ${is}` });
    expect(await ask(asking)).toMatchObject({ status: answered });
    policy.decision = is;
    const again = await ask(asking);
    expect(again).toMatchObject({ allowed: false, status: 'blocked', replayed: true });
    expect((again as EnforceReply).reasons).toEqual([
      'because',
      `this key was answered "${answered}" before, which does not stand any more: ask again with a new key`,
    ]);
    expect((await recorded()).at(-1)).toBe('blocked');
  });

  it('is not given where the policy can not be asked', async () => {
    const policy = await policyThatSays('allow');
    await ask(request({ idempotency_key: 'silent' }));
    policy.decision = 'nothing' as never;
    expect(await ask(request({ idempotency_key: 'silent' }))).toBe('policy_unavailable');
  });

  it('of an approval is given again only while the approvals say that it stands', async () => {
    await policySays('review');
    let uses = 0;
    let kept: EnforceReply | undefined;
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval: approved })),
      route(approvalsConsume, async ({ idempotency }) => {
        uses++;
        if (uses === 1 && idempotency) {
          kept = (idempotency.answered.data as { reply: EnforceReply }).reply;
          const subject = idempotencyLog(idempotency.key_digest);
          const approvals = await world.connect('approvals');
          await approvals.append.one({ subject, event: idempotency.answered }, Date.now() + 1_000);
          return { consumed: true };
        }
        return uses === 2
          ? { consumed: true, earlier: kept }
          : { consumed: false, because: 'the grant that approved it is over' };
      }),
    );
    const asking = request({ idempotency_key: 'approved' });
    expect(await ask(asking)).toMatchObject({ allowed: true });
    expect(await ask(asking)).toMatchObject({ allowed: true, replayed: true });
    const over = await ask(asking);
    expect(over).toMatchObject({ allowed: false, status: 'blocked', replayed: true });
    expect((over as EnforceReply).reasons[0]).toBe('the grant that approved it is over');
  });
});

describe('a call that a rule allows', () => {
  it.each([
    ['pending', pending, 'pending'],
    ['denied', denied, 'blocked'],
  ])('is not allowed while a person was asked about it and it is %s', async (_what, approval, status) => {
    await policySays('allow');
    const seen = { approval };
    await world.standIn(
      'approvals',
      route(approvalsStanding, () => seen),
      route(approvalsRequest, () => seen),
    );
    expect(await ask(request({ dry_run_id: 'key' }))).toMatchObject({ allowed: false, status });
  });

  it('is allowed, and nobody is asked anew, when somebody else used its approval up', async () => {
    await policySays('allow');
    let used = false;
    await world.standIn(
      'approvals',
      route(approvalsStanding, () => (used ? {} : { approval: approved })),
      route(approvalsConsume, () => {
        used = true;
        return { consumed: false, because: 'it is consumed' };
      }),
    );
    expect(await ask(request({ dry_run_id: 'key' }))).toMatchObject({ allowed: true });
  });

  it('is allowed where nobody was asked, and denied where the approvals can not tell', async () => {
    await policySays('allow');
    expect(await ask(request({ dry_run_id: 'key' }))).toBe('approvals_unavailable');
    await world.standIn(
      'approvals',
      route(approvalsStanding, () => ({})),
    );
    expect(await ask(request({ dry_run_id: 'key' }))).toMatchObject({ allowed: true, dry_run_id: 'key' });
  });
});

describe('whatever goes wrong, nothing is allowed', () => {
  it('with no policy service', async () => {
    expect(await ask(request())).toBe('policy_unavailable');
  });

  it('with one that throws, one that hangs, and one that lies', async () => {
    const answers: (() => unknown)[] = [
      () => {
        throw new Error('boom');
      },
      () => new Promise(() => undefined),
      () => ({ ...verdict('allow'), decision: 'sure' }),
      () => ({}),
    ];
    let next = 0;
    await world.standIn(
      'policy',
      route(policyCheck, () => answers[next++]?.() as CheckReply),
    );
    expect(await ask(request())).toBe('internal');
    expect(await ask(request(), 1_000)).toBe('policy_unavailable');
    expect(await ask(request())).toBe('policy_unavailable');
    expect(await ask(request())).toBe('policy_unavailable');
  });

  it('with no approvals service, or one that fails at the last step', async () => {
    await policySays('review');
    expect(await ask(request())).toBe('approvals_unavailable');
    await world.standIn(
      'approvals',
      route(approvalsRequest, () => ({ approval: approved })),
      route(approvalsConsume, () => {
        throw new Error('boom');
      }),
    );
    expect(await ask(request())).toBe('internal');
  });

  it('with a bus that goes away, and all is well when it is back', async () => {
    await policySays('allow');
    expect(await ask(request())).toMatchObject({ allowed: true });
    await server.kill();
    await expect.poll(() => gateway.isUp()).toBe(false);
    const before = Date.now();
    expect(await ask(request(), 5_000)).toBe('bus_unavailable');
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(service.health().status).toBe('degraded');
    await server.restart();
    await expect.poll(() => ask(request()), { timeout: 10_000 }).toMatchObject({ allowed: true });
  });

  it('when the deadline passed before it came', async () => {
    await policySays('allow');
    const before = (await recorded()).length;
    expect(await ask(request(), -1)).toMatch(/deadline_exceeded|enforcer_unavailable/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await recorded()).toHaveLength(before);
  });
});
