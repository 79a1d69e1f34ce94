import { rpc } from '@aegis/contracts/rpc';
import { approvalLog, enforceLog, POLICY_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from './respond.ts';

/** A question of our own where the gateway may ask one. */
const question = <Req extends z.ZodType, Rep extends z.ZodType>(request: Req, reply: Rep) =>
  rpc('policy', 'check', request, reply, { askedBy: ['gateway'] });
const double = question(z.object({ n: z.number() }), z.object({ n: z.number() }));
const strict = question(
  z.strictObject({ n: z.number() }),
  z.strictObject({ word: z.enum(['yes', 'no']), parts: z.array(z.strictObject({ n: z.number() })) }),
);
const soon = (ms = 1_000) => ({ deadlineMs: Date.now() + ms });
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

let nextId = 0;
const fact = (subject: string, after?: number, id = `test-${nextId++}`) => ({
  subject,
  event: {
    specversion: '1.0' as const,
    id,
    source: 'aegis/test',
    type: 'aegis.test.happened.v1',
    time: new Date().toISOString(),
    datacontenttype: 'application/json' as const,
    data: { n: 1 },
  },
  ...(after === undefined ? {} : { expect: after }),
});

/** A question as it would travel, and the answer's text. */
const raw = async (text: string): Promise<string> =>
  (await gateway.link.nc.request('aegis.rpc.policy.check', text, { timeout: 1_000 })).string();

let server: TestNatsServer;
let gateway: TestBus;
let policy: TestBus;
let approvals: TestBus;
let enforcer: TestBus;
let audit: TestBus;
beforeAll(async () => {
  server = await startNatsServer();
  [gateway, policy, approvals, enforcer, audit] = await Promise.all([
    connectTestBus(server, 'gateway'),
    connectTestBus(server, 'policy'),
    connectTestBus(server, 'approvals'),
    connectTestBus(server, 'enforcer'),
    connectTestBus(server, 'audit'),
  ]);
});
afterAll(async () => {
  await Promise.all([gateway, policy, approvals, enforcer, audit].map((bus) => bus.close()));
  await server.stop();
});

describe('asking', () => {
  it('says at once that nobody is there', async () => {
    const before = Date.now();
    expect(await code(gateway.ask(double, { n: 1 }, soon(5_000)))).toBe('policy_unavailable');
    expect(Date.now() - before).toBeLessThan(2_000);
  });

  it('gets the answer, each its own, and the errors of the service', async () => {
    const responder = await policy.respond([
      route(double, ({ n }) => {
        if (n === 13) throw new AppError('version_conflict', 'unlucky');
        if (n === 14) throw new Error('a secret of the inside');
        return { n: n * 2 };
      }),
    ]);
    await policy.link.nc.flush();
    const numbers = Array.from({ length: 200 }, (_, n) => n + 100);
    const answers = await Promise.all(numbers.map((n) => gateway.ask(double, { n }, soon())));
    expect(answers.map((answer) => answer.n)).toEqual(numbers.map((n) => n * 2));
    await expect(gateway.ask(double, { n: 13 }, soon())).rejects.toMatchObject({
      code: 'version_conflict',
      message: 'unlucky',
    });
    const internal = gateway.ask(double, { n: 14 }, soon());
    await expect(internal).rejects.toMatchObject({ code: 'internal' });
    await expect(internal).rejects.not.toThrow(/secret/);
    expect(await code(gateway.ask(double, { n: 'x' as unknown as number }, soon()))).toBe('invalid_request');
    await responder.drain();
  });

  it('fails closed on silence and on garbage', async () => {
    const mute = policy.link.nc.subscribe('aegis.rpc.policy.check', {
      queue: 'policy',
      callback: () => undefined,
    });
    await policy.link.nc.flush();
    expect(await code(gateway.ask(double, { n: 1 }, soon(100)))).toBe('policy_unavailable');
    mute.unsubscribe();
    for (const garbage of ['', 'no json', '{"data":{"n":"two"}}', '[]', 'null']) {
      const liar = policy.link.nc.subscribe('aegis.rpc.policy.check', {
        queue: 'policy',
        max: 1,
        callback: (_error, message) => void message.respond(garbage),
      });
      await policy.link.nc.flush();
      expect(await code(gateway.ask(double, { n: 1 }, soon(300))), garbage).toBe('policy_unavailable');
      liar.unsubscribe();
    }
  });

  it('survives an answer and a question that are larger than the bus takes', async () => {
    const huge = question(z.unknown(), z.unknown());
    const responder = await policy.respond([route(huge, () => 'x'.repeat(5_000_000))]);
    expect(await code(gateway.ask(huge, 'give me much', soon()))).toBe('payload_too_large');
    expect(await code(gateway.ask(huge, '中'.repeat(1_500_000), soon()))).toBe('payload_too_large');
    const batch = [fact(approvalLog('huge'), 0), fact(enforceLog('allowed'))];
    (batch[1] as { event: { data: object } }).event.data = { text: 'x'.repeat(5_000_000) };
    expect(await code(approvals.append.all(batch, Date.now() + 1_000, false))).toBe('payload_too_large');
    expect(await approvals.read.last(approvalLog('huge'), Date.now() + 1_000)).toBeUndefined();
    await responder.drain();
  });

  it('reads questions strictly, and takes no traceparent that is none', async () => {
    let traceparent: string | undefined = 'not asked';
    const responder = await policy.respond([
      route(double, ({ n }, context) => {
        traceparent = context.traceparent;
        return { n };
      }),
    ]);
    expect(await raw('{"deadline_ms":9e12,"data":{"n":1,"n":2}}')).toContain('the same key twice');
    expect(await raw(`{"deadline_ms":9e12,"data":${'['.repeat(200)}${']'.repeat(200)}}`)).toContain(
      'nested too deep',
    );
    expect(await raw('')).toContain('invalid_json');
    expect(await raw('{"data":{"n":1}}')).toContain('deadline_ms');
    expect(await raw('{"deadline_ms":9e12,"traceparent":{"a":1},"data":{"n":1}}')).toBe('{"data":{"n":1}}');
    expect(traceparent).toBeUndefined();
    const zeros = `00-${'0'.repeat(32)}-b7ad6b7169203331-01`;
    await raw(`{"deadline_ms":9e12,"traceparent":"${zeros}","data":{"n":1}}`);
    expect(traceparent).toBeUndefined();
    await responder.drain();
  });

  it('reads what a newer service answers, without what is new in it, and no word that it does not know', async () => {
    const answers = [
      { word: 'yes', parts: [{ n: 1 }] },
      { word: 'yes', parts: [{ n: 1, unit: 'cents' }], at: 'noon' },
      { word: 'perhaps', parts: [] },
    ];
    const responder = await policy.respond([route(strict, ({ n }) => answers[n] as never)]);
    expect(await gateway.ask(strict, { n: 0 }, soon())).toEqual(answers[0]);
    expect(await gateway.ask(strict, { n: 1 }, soon())).toEqual(answers[0]);
    expect(await code(gateway.ask(strict, { n: 2 }, soon()))).toBe('policy_unavailable');
    const more = { n: 0, unit: 'cents' };
    await expect(gateway.ask(strict, more, soon())).rejects.toThrow('unit: unknown field');
    await responder.drain();
  });

  it('never answers anywhere but in an inbox', async () => {
    const responder = await policy.respond([route(double, ({ n }) => ({ n }))]);
    await policy.link.nc.flush();
    const payload = JSON.stringify({ deadline_ms: Date.now() + 1_000, data: { n: 1 } });
    gateway.link.nc.publish('aegis.rpc.policy.check', payload, { reply: POLICY_LOG });
    await gateway.ask(double, { n: 1 }, soon());
    expect(await policy.read.last(POLICY_LOG, Date.now() + 1_000)).toBeUndefined();
    await responder.drain();
  });
});

describe('storing', () => {
  it('lets one of many writers change an aggregate', async () => {
    const subject = approvalLog('race');
    const all = await Promise.all(
      Array.from({ length: 20 }, () => code(approvals.append.one(fact(subject, 0), Date.now() + 2_000))),
    );
    expect(all.filter((one) => one === 'no error')).toHaveLength(1);
    expect(all.filter((one) => one === 'version_conflict')).toHaveLength(19);
  });

  it('knows its own write when a retry conflicts', async () => {
    const own = fact(approvalLog('retry'), 0);
    const first = await approvals.append.one(own, Date.now() + 1_000);
    expect(await approvals.append.one(own, Date.now() + 1_000)).toEqual(first);
  });

  it('stores a batch whole or not at all', async () => {
    const { seq } = await approvals.append.one(fact(approvalLog('batch'), 0), Date.now() + 1_000);
    const stale = [fact(approvalLog('batch'), seq + 5), fact(enforceLog('allowed'))];
    expect(await code(approvals.append.all(stale, Date.now() + 1_000, false))).toBe('version_conflict');
    expect(await audit.read.at(seq + 1, Date.now() + 1_000)).toBeUndefined();
    const right = [fact(approvalLog('batch'), seq), fact(enforceLog('allowed'))];
    const stored = await approvals.append.all(right, Date.now() + 1_000, false);
    expect(stored.seq).toBe(seq + 2);
  });

  it('stores nothing past the deadline', async () => {
    expect(await code(approvals.append.one(fact(approvalLog('late'), 0), Date.now() - 1))).toBe(
      'deadline_exceeded',
    );
    expect(await code(enforcer.commit(fact(enforceLog('blocked')), Date.now() - 1))).toBe(
      'deadline_exceeded',
    );
    expect(await approvals.read.last(approvalLog('late'), Date.now() + 1_000)).toBeUndefined();
  });

  it('commits a crowd together, each with its own sequence, in any number', async () => {
    for (const crowd of [1, 7, 8, 300]) {
      const stored = await Promise.all(
        Array.from({ length: crowd }, () => enforcer.commit(fact(enforceLog('blocked')), Date.now() + 5_000)),
      );
      expect(new Set(stored.map((one) => one.seq)).size).toBe(crowd);
    }
  });

  it('stores the rest of a crowd when one of it was stored before', async () => {
    const known = fact(enforceLog('pending'));
    const { seq } = await enforcer.commit(known, Date.now() + 1_000);
    const others = Array.from({ length: 20 }, () => fact(enforceLog('pending')));
    const stored = await Promise.all(
      [known, ...others].map((one) => enforcer.commit(one, Date.now() + 2_000)),
    );
    expect(stored[0]?.seq).toBe(seq);
    expect(new Set(stored.map((one) => one.seq)).size).toBe(21);
  });
});

describe('following', () => {
  it('gets everything from a position on, in order, and knows when it is up to date', async () => {
    const { seq } = await approvals.append.one(fact(approvalLog('f0'), 0), Date.now() + 1_000);
    for (let i = 1; i <= 30; i++)
      await approvals.append.one(fact(approvalLog(`f${i}`), 0), Date.now() + 1_000);
    const seen: number[] = [];
    const follower = await approvals.follow({
      filter: 'aegis.log.approval.>',
      fromSeq: seq + 1,
      apply: (message) => void seen.push(message.seq),
    });
    expect(await follower.caughtUp(Date.now() + 2_000)).toBe(true);
    expect(seen).toHaveLength(30);
    const later = await approvals.append.one(fact(approvalLog('f31'), 0), Date.now() + 1_000);
    expect(await follower.caughtUp(Date.now() + 2_000)).toBe(true);
    expect(seen.at(-1)).toBe(later.seq);
    await follower.stop();
  });

  it('has what was stored before, each time that it says that it is up to date', async () => {
    let last = 0;
    const follower = await approvals.follow({
      filter: 'aegis.log.approval.>',
      fromSeq: 1,
      apply: (message) => {
        last = message.seq;
      },
    });
    for (let i = 0; i < 3_000; i++) {
      const { seq } = await approvals.append.one(fact(approvalLog(`again${i % 10}`)), Date.now() + 1_000);
      expect(await follower.caughtUp(Date.now() + 1_000)).toBe(true);
      expect(last).toBeGreaterThanOrEqual(seq);
    }
    await follower.stop();
  });

  it('is up to date at once where there is nothing', async () => {
    const follower = await policy.follow({ filter: POLICY_LOG, fromSeq: 1, apply: () => undefined });
    expect(await follower.caughtUp(Date.now() + 1_000)).toBe(true);
    await follower.stop();
  });
});

describe('a lost bus', () => {
  it('fails at once, and works again when the bus is back', async () => {
    const responder = await policy.respond([route(double, ({ n }) => ({ n }))]);
    const seen: number[] = [];
    const follower = await approvals.follow({
      filter: 'aegis.log.approval.>',
      fromSeq: 1,
      apply: (message) => void seen.push(message.seq),
    });
    await server.kill();
    await expect.poll(() => gateway.isUp()).toBe(false);
    const before = Date.now();
    expect(await code(gateway.ask(double, { n: 1 }, soon(5_000)))).toBe('bus_unavailable');
    expect(await code(enforcer.commit(fact(enforceLog('blocked')), Date.now() + 5_000))).toBe(
      'bus_unavailable',
    );
    expect(Date.now() - before).toBeLessThan(1_000);
    await server.restart();
    await expect
      .poll(() => code(gateway.ask(double, { n: 1 }, soon())), { timeout: 10_000 })
      .toBe('no error');
    await expect.poll(() => approvals.isUp()).toBe(true);
    const stored = await approvals.append.one(fact(approvalLog('after'), 0), Date.now() + 2_000);
    await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toBe(stored.seq);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
    await follower.stop();
    await responder.drain();
  });
});
