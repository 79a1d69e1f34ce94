import { describe, expect, it } from 'vitest';
import {
  ask,
  call,
  cancel,
  complete,
  list,
  request,
  startReplica,
  stopAll,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const SENTENCE =
  'me has 50 calls waiting for people already, which is the limit: wait until some are decided, or cancel them';
const fill = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => request(`full-${n}`, call(n))));

describe('of one agent', () => {
  it('fifty calls wait, however many it asks for at once, and the others are refused with a sentence', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const asking = Array.from({ length: 200 }, (_, n) => ask(`key-${n}`, call(n), {}, 30_000));
    expect((await request('key', call(1, 'you'))).status).toBe('pending');
    const replies = await Promise.all(asking);
    const waiting = replies.filter(({ approval }) => approval?.status === 'pending');
    const refused = replies.filter((reply) => reply.refused === SENTENCE && !reply.approval);
    expect([waiting.length, refused.length]).toEqual([50, 150]);
    expect((await list({ status: 'pending', limit: 500 })).approvals).toHaveLength(51);
  });

  it('a full list keeps nobody else from asking, and asking again for what waits is no new one', async () => {
    await startReplica();
    const [first] = await fill(50);
    expect((await ask('new', call(1_000))).refused).toBe(SENTENCE);
    expect((await request('full-0', call(0))).approval_id).toBe(first?.approval_id);
    expect((await request('new', call(1_000, 'you'))).status).toBe('pending');
  });

  it('there is room again for each that is decided, cancelled or expired', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '60000' });
    const [one, two] = await fill(50);
    await complete(one?.approval_id ?? '');
    await cancel(two?.approval_id ?? '');
    expect((await request('a', call(1_001))).status).toBe('pending');
    expect((await request('b', call(1_002))).status).toBe('pending');
    expect((await ask('c', call(1_003))).refused).toBe(SENTENCE);
    await complete('full-2', 'wrong');
    expect((await request('c', call(1_003))).status).toBe('pending');
  });

  it('the limit is what the operator says, and is kept over a restart', async () => {
    await startReplica({ APPROVAL_MAX_PENDING_PER_AGENT: '2' });
    await fill(2);
    await stopAll();
    await startReplica({ APPROVAL_MAX_PENDING_PER_AGENT: '2' });
    expect((await ask('new', call(9))).refused).toMatch(/^me has 2 calls waiting/);
    await stopAll();
    await startReplica({ APPROVAL_MAX_PENDING_PER_AGENT: '3' });
    expect((await request('new', call(9))).status).toBe('pending');
  });

  it('the limit is its role’s, where one is set', async () => {
    await startReplica({ CALLER_LIMITS: 'agent.waiting_calls=1, os-user.waiting_calls=2' });
    await request('a', call(1, 'key:ci'));
    expect((await ask('b', call(2, 'key:ci'))).refused).toMatch(/^key:ci has 1 calls waiting/);
    await fill(2);
    expect((await ask('c', call(3))).refused).toMatch(/^me has 2 calls waiting/);
  });

  it('where as many wait of all as may, each may still have one', async () => {
    await startReplica({ APPROVAL_MAX_PENDING: '3' });
    await fill(3);
    await expect
      .poll(async () => (await ask('more', call(9))).refused)
      .toBe(
        "3 calls of all callers wait for people already, which is the limit, and one of me's among them: wait until some are decided",
      );
    expect((await request('a', call(1, 'key:ci'))).status).toBe('pending');
    expect((await ask('b', call(2, 'key:ci'))).refused).toMatch(/^3 calls of all callers/);
  });

  it('so many an hour are asked, and no more, whatever becomes of them', async () => {
    await startReplica({ CALLER_LIMITS: 'os-user.asks_per_hour=2' });
    for (const n of [1, 2]) {
      const asked = await request(`hour-${n}`, call(n));
      await cancel(asked.approval_id);
    }
    await expect(request('hour-3', call(3))).rejects.toMatchObject({
      code: 'too_many_requests',
      retryAfterS: 1_800,
      limit: { name: 'asks', quota: 2, window_s: 3_600 },
      message: expect.stringContaining('asks_per_hour of CALLER_LIMITS'),
    });
    expect((await request('hour-1', call(1, 'key:ci'))).status).toBe('pending');
  });

  it('what nobody decided in time makes room', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '300', APPROVAL_MAX_PENDING_PER_AGENT: '2' });
    await fill(2);
    await expect
      .poll(async () => (await ask('new', call(9))).approval?.status, { timeout: 6_000 })
      .toBe('pending');
    expect(world.running[0]?.service.health().status).toBe('ok');
  });
});
