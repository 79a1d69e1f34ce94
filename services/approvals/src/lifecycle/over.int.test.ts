import { DECISIONS_LOG } from '@aegis/contracts/subjects';
import { describe, expect, it } from 'vitest';
import {
  call,
  cancel,
  codeOf,
  complete,
  consume,
  get,
  list,
  request,
  standing,
  startReplica,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

describe('a question that is taken back', () => {
  it('is cancelled, listed as that, and decided and used by nobody', async () => {
    await startReplica();
    const asked = await request('key');
    expect(await cancel(asked.approval_id)).toMatchObject({
      status: 'cancelled',
      cancelled_because: 'the client gave up',
    });
    expect((await complete(asked.approval_id)).status).toBe('cancelled');
    expect((await consume(asked)).because).toMatch(/is cancelled/);
    expect((await list({ status: 'cancelled' })).approvals.map((one) => one.approval_id)).toEqual([
      asked.approval_id,
    ]);
    expect((await list({ status: 'pending' })).approvals).toEqual([]);
  });

  it('was approved: then it is not run any more', async () => {
    await startReplica();
    const asked = await request('key');
    await complete('key');
    expect((await cancel(asked.approval_id)).status).toBe('cancelled');
    expect((await consume(asked)).consumed).toBe(false);
  });

  it('stands for nothing, and the same call asks anew', async () => {
    await startReplica();
    const first = await request('key');
    await cancel(first.approval_id);
    expect(await standing()).toBeUndefined();
    const second = await request('key');
    expect(second).toMatchObject({ status: 'pending', generation: 2, trace_id: first.trace_id });
    expect((await request('key', call(100))).approval_id).toBe(second.approval_id);
    await cancel(second.approval_id);
    expect((await request('key', call(7))).generation).toBe(3);
  });

  it("stays as it is where it is another's, over already, or used", async () => {
    await startReplica();
    const { approval_id } = await request('key');
    expect((await cancel(approval_id, 'you')).status).toBe('pending');
    await complete('key', 'wrong');
    expect((await cancel(approval_id)).status).toBe('denied');
    const used = await request('used');
    await complete('used');
    await consume(used);
    expect((await cancel(used.approval_id)).status).toBe('consumed');
    expect(await codeOf(cancel(`apr_${'a'.repeat(26)}`))).toBe('approval_not_found');
  });

  it('is used or cancelled, never both, where both come at once', async () => {
    await Promise.all([startReplica(), startReplica()]);
    for (let round = 0; round < 10; round++) {
      const asked = await request(`key-${round}`);
      await complete(asked.approval_id, 'right-code', `10.0.0.${round}`);
      const [used, cancelled] = await Promise.all([consume(asked), cancel(asked.approval_id)]);
      expect(cancelled.status).toBe(used.consumed ? 'consumed' : 'cancelled');
      expect((await get(asked.approval_id)).status).toBe(cancelled.status);
    }
  });
});

describe('a denial', () => {
  it('stands until its deadline to decide; after it the same call is a new question', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '60000' });
    const first = await request('key');
    await complete('key', 'wrong');
    expect((await standing())?.status).toBe('denied');
    expect((await request('key')).approval_id).toBe(first.approval_id);
    world.clock = () => new Date(Date.now() + 61_000);
    expect(await standing()).toBeUndefined();
    expect(await request('key')).toMatchObject({ status: 'pending', generation: 2 });
    expect((await get(first.approval_id)).status).toBe('denied');
  });
});

describe('the decision of a call through the firewall', () => {
  it('is stored whole with the use, with what the rule took from the arguments', async () => {
    await startReplica();
    const of = { ...call(), args: { amount: 7, token: 'secret' }, server: 'shop' };
    const asked = await request('key', of);
    await complete('key');
    const more = {
      client: { name: 'a client', version: '1' },
      door: 'resource:file:///a',
      dispatch: { call_id: 'c1', instance: 'i1', server: 'shop', method: 'tools/call' },
      recorded_args: { amount: 7, token: '[redacted]', deep: [{ x: null }] },
      via: 'wrap',
    };
    const taken = { op: 'refund', amount_cents: 700 };
    expect(await consume(asked, of, more, taken)).toEqual({ consumed: true });
    const events: unknown[] = [];
    const follower = await world.gateway.follow({
      filter: DECISIONS_LOG,
      fromSeq: 1,
      apply: ({ event }) => void events.push(event?.data),
    });
    await follower.caughtUp(Date.now() + 3_000);
    await follower.stop();
    expect(events).toEqual([
      expect.objectContaining({
        ...more,
        approval_id: asked.approval_id,
        call: expect.objectContaining({ ...taken, call_digest: asked.call_digest }),
      }),
    ]);
  });
});
