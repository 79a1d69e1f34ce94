import { type Approval, approvalsConsume } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { describe, expect, it } from 'vitest';
import {
  CODE,
  call,
  codeOf,
  complete,
  consume,
  decisionFor,
  request,
  soon,
  standing,
  startReplica,
  stopAll,
  useWorld,
  world,
} from './testkit/world.ts';

useWorld();

/** Every other decider knows the code. */
const codeFor = (n: number) => (n % 2 === 0 ? CODE : 'wrong');

describe('asking a person', () => {
  it('under the same key is one approval, also for two replicas at once, and another call under it is refused', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const all = await Promise.all(Array.from({ length: 20 }, () => request('key')));
    expect(new Set(all.map((one) => one.approval_id)).size).toBe(1);
    await expect(request('key', call(101))).rejects.toMatchObject({
      code: 'dry_run_id_in_use',
      message: expect.stringMatching(
        /^dry_run_id: is in use for another call, .* waits for a person; use a new one/,
      ) as string,
    });
    expect((await request('key', call(100, 'you'))).approval_id).not.toBe(all[0]?.approval_id);
  });

  it('without a key is a new approval each time', async () => {
    await startReplica();
    const [one, two] = await Promise.all([request(), request()]);
    expect(one.approval_id).not.toBe(two.approval_id);
    expect(one.dry_run_id).not.toBe(two.dry_run_id);
  });

  it('again after it was used up or expired is a new approval under the same trace', async () => {
    await startReplica();
    const first = await request('key');
    await complete('key');
    expect(await consume(first)).toEqual({ consumed: true });
    const second = await request('key');
    expect(second).toMatchObject({ status: 'pending', generation: 2, trace_id: first.trace_id });
    expect(second.approval_id).not.toBe(first.approval_id);
  });

  it('again after a denial gets the denial, and for another call a new approval', async () => {
    await startReplica();
    await request('key');
    await complete('key', 'wrong');
    expect((await request('key')).status).toBe('denied');
    expect((await request('key', call(1))).status).toBe('pending');
  });
});

describe('deciding', () => {
  it('takes either id, and the first decision stands', async () => {
    await startReplica();
    const { approval_id } = await request('key');
    expect((await complete('key')).status).toBe('approved');
    expect((await complete(approval_id, 'wrong')).status).toBe('approved');
    expect(await codeOf(complete('unknown'))).toBe('approval_not_found');
  });

  it('asks for the approval id where two callers use one key', async () => {
    await startReplica();
    await request('key');
    const yours = await request('key', call(100, 'you'));
    expect(await codeOf(complete('key'))).toBe('dry_run_id_ambiguous');
    expect((await complete(yours.approval_id)).status).toBe('approved');
    expect(await codeOf(complete('key'))).toBe('dry_run_id_ambiguous');
  });

  it('lets one of many deciders through', async () => {
    await Promise.all([startReplica(), startReplica()]);
    for (let round = 0; round < 5; round++) {
      const { approval_id } = await request();
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) => complete(approval_id, codeFor(n), `10.0.${round}.${n}`)),
      );
      expect(new Set(all.map((one) => one.status)).size).toBe(1);
    }
  });

  it('stops looking at codes after five wrong ones from one source, also after a restart', async () => {
    await startReplica();
    for (let n = 0; n < 5; n++) await complete((await request()).approval_id, 'wrong');
    const next = await request();
    expect(await codeOf(complete(next.approval_id))).toBe('too_many_attempts');
    await stopAll();
    await startReplica();
    expect(await codeOf(complete(next.approval_id))).toBe('too_many_attempts');
    expect((await complete(next.approval_id, CODE, '10.0.0.2')).status).toBe('approved');
  });
});

describe('what stands for a call', () => {
  it('is the newest approval for this very call under its key, and nothing once it is over', async () => {
    await startReplica();
    expect(await standing(call())).toBeUndefined();
    const first = await request('key');
    expect((await standing(call()))?.status).toBe('pending');
    expect(await standing(call(1))).toBeUndefined();
    await complete('key', 'wrong');
    await request('key', call(1));
    expect((await standing(call()))?.approval_id).toBe(first.approval_id);
    const other = await standing(call(1));
    await complete(other?.approval_id ?? '');
    await consume(other as Approval, call(1));
    expect(await standing(call(1))).toBeUndefined();
  });
});

describe('a key that looks like an approval', () => {
  it('means that approval for its own call, and is refused for another', async () => {
    await startReplica();
    const first = await request('key');
    expect((await request(first.approval_id)).approval_id).toBe(first.approval_id);
    await expect(request(first.approval_id, call(1))).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^dry_run_id: names the approval of another call/) as string,
    });
    const unknown = `apr_${'a'.repeat(26)}`;
    await expect(request(unknown)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(new RegExp(`^dry_run_id: there is no approval ${unknown}: `)) as string,
    });
  });
});

describe('guessing', () => {
  it('is stopped also where all guesses come at once', async () => {
    await startReplica();
    const ids = await Promise.all(
      Array.from(
        { length: 60 },
        async (_, n) => (await request(undefined, call(n, `agent-${n % 2}`))).approval_id,
      ),
    );
    const all = await Promise.all(ids.map((id) => codeOf(complete(id, 'wrong'))));
    expect(all.filter((one) => one === 'no error')).toHaveLength(5);
    expect(all.filter((one) => one === 'too_many_attempts')).toHaveLength(55);
  });
});

describe('using', () => {
  it('happens once, however many try', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const approval = await request('key');
    await complete('key');
    const all = await Promise.all(Array.from({ length: 30 }, () => consume(approval)));
    expect(all.filter((one) => one.consumed)).toHaveLength(1);
    expect(all.find((one) => !one.consumed)?.because).toMatch(/is consumed/);
  });

  it('again with the same key gets the answer that was kept, with the decision that it names', async () => {
    await startReplica();
    const approval = await request('key');
    const { approval_id, trace_id } = approval;
    await complete(approval_id);
    const decision = decisionFor(approval);
    const reply = {
      allowed: true,
      approval_required: false,
      status: 'allowed' as const,
      reasons: [],
      approval_id,
      trace_id,
      decision_id: decision.id,
    };
    const answered = createEvent({
      type: 'aegis.idempotency.answered.v1',
      source: 'enforcer',
      time: decision.time,
      data: { call_digest: approval.call_digest, reply },
    });
    const use = (by: Envelope) =>
      world.enforcer.ask(
        approvalsConsume,
        { approval_id, call: call(), decision: by, idempotency: { key_digest: 'k', answered } },
        soon(),
      );
    expect(await use(decision)).toEqual({ consumed: true });
    expect(await use(decisionFor(approval))).toEqual({ consumed: true, earlier: reply });
  });

  it('opens no other call, and writes no decision that is not its own', async () => {
    await startReplica();
    const approval = await request('key');
    await complete('key');
    expect(await consume(approval, call(101))).toMatchObject({ consumed: false, because: /another call/ });
    const other = await request('other');
    const { decision } = {
      decision: createEvent({
        type: 'aegis.audit.written.v1',
        source: 'x',
        time: world.clock().toISOString(),
        data: { action: 'a', principal: 'p', via: 'rest' },
      }),
    };
    const forged = { approval_id: other.approval_id, call: call(), decision };
    expect(await codeOf(world.enforcer.ask(approvalsConsume, forged, soon()))).toBe('invalid_request');
    expect((await consume(approval)).consumed).toBe(true);
  });
});
