import { type Bus, type RequestContext, route } from '@aegis/bus';
import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { enforce, policyCheck } from '@aegis/contracts/decision';
import { AppError } from '@aegis/kit/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allowedCheck, enforceReply } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

type Asked = { data: unknown; context: RequestContext };
let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: Asked[] = [];
let answer: () => ReturnType<typeof enforceReply>;

const keep = (data: unknown, context: RequestContext) => void asked.push({ data, context });

beforeAll(async () => {
  server = await startNatsServer();
  services = await Promise.all([
    standIn(server, 'policy', [
      route(policyCheck, (data, context) => {
        keep(data, context);
        return allowedCheck;
      }),
    ]),
    standIn(server, 'enforcer', [
      route(enforce, (data, context) => {
        keep(data, context);
        return answer();
      }),
    ]),
  ]);
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(services.map((bus) => bus.close()));
  await server.stop();
});
beforeEach(() => {
  asked = [];
  answer = () => enforceReply('allowed');
});

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  gateway.app.inject({ method: 'POST', url, payload, headers: { host: 'localhost', ...headers } });

const get = (url: string) => gateway.app.inject({ url, headers: { host: 'localhost' } });

describe('POST /guard/check', () => {
  it("answers the policy's decision and asks as nobody in particular", async () => {
    const reply = await post('/guard/check', { tool: 'a.b', op: 'refund', amount_cents: 0 });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual(allowedCheck);
    expect(asked[0]?.data).toEqual({
      tool: 'a.b',
      op: 'refund',
      amount_cents: 0,
      principal: 'anonymous',
      via: 'rest',
    });
  });

  it('is /guard/check/, too, as some clients write it, and so is each other path', async () => {
    expect((await post('/guard/check/', { tool: 'a.b' })).json()).toEqual(allowedCheck);
    expect((await post('/guard/check/?a=1', { tool: 'a.b' })).statusCode).toBe(422);
    expect([(await get('/guard/check/')).statusCode, (await get('/guard/check//')).statusCode]).toEqual([
      405, 404,
    ]);
    expect((await get('/openapi.json/')).json()).toHaveProperty('openapi');
    expect((await get('/docs/')).statusCode).toBe(200);
  });

  it("passes a caller's trace on, and none that is not one", async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await post('/guard/check', { tool: 'a.b' }, { traceparent });
    await post('/guard/check', { tool: 'a.b' }, { traceparent: 'garbage' });
    expect(asked.map(({ context }) => context.traceparent)).toEqual([traceparent, undefined]);
  });

  it('gives the question the deadline that the environment sets', async () => {
    const before = Date.now();
    await post('/guard/check', { tool: 'a.b' });
    const deadlineMs = asked[0]?.context.deadlineMs ?? 0;
    expect(deadlineMs).toBeGreaterThanOrEqual(before + 600);
    expect(deadlineMs).toBeLessThan(before + 1500);
  });
});

describe('POST /guard/enforce', () => {
  it.each(['allowed', 'pending', 'blocked'] as const)('%s is an answer, with status 200', async (status) => {
    answer = () => enforceReply(status);
    const reply = await post('/guard/enforce', { tool: 'a.b' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual(enforceReply(status));
  });

  it('takes the key by its newer and its older name, and answers both', async () => {
    answer = () => ({ ...enforceReply('pending'), dry_run_id: 'run-1' });
    for (const meta of [
      { run_key: 'run-1' },
      { dry_run_id: 'run-1' },
      { run_key: 'run-1', dry_run_id: 'run-1' },
      { run_key: 'run-1', dry_run_id: null },
    ]) {
      const reply = await post('/guard/enforce', { tool: 'a.b', meta });
      expect(asked.at(-1)?.data).toMatchObject({ dry_run_id: 'run-1' });
      expect(reply.json()).toMatchObject({ run_key: 'run-1', dry_run_id: 'run-1' });
    }
  });

  it('takes the run id and the reason from meta, and the idempotency key from its header', async () => {
    await post(
      '/guard/enforce',
      { tool: 'a.b', args: { deep: [1] }, meta: { dry_run_id: 'run-1', reason: 'why', mine: 7 } },
      { 'idempotency-key': 'key-1' },
    );
    expect(asked[0]?.data).toEqual({
      call: { tool: 'a.b', args: { deep: [1] }, principal: 'anonymous' },
      dry_run_id: 'run-1',
      reason: 'why',
      idempotency_key: 'key-1',
      via: 'rest',
    });
  });

  it.each([
    ['with escapes', `{"tool":"a.b","args":{"t":"${'\\u0061'.repeat(1_000_000)}"}}`, 1_000_000],
    ['beside much else', `{"tool":"a.b","args":{"t":"a"},"meta":{"mine":"${'x'.repeat(2_000_000)}"}}`, 1],
    ['in much space', `{"tool":"a.b","args":{"t":"a"}}${' '.repeat(2_000_000)}`, 1],
  ])('asks about a call written %s', async (_how, payload, length) => {
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const reply = await gateway.app.inject({ method: 'POST', url: '/guard/enforce', payload, headers });
    expect(reply.statusCode).toBe(200);
    const [{ call }] = asked.map(({ data }) => data) as [{ call: Call }];
    expect(call.args).toEqual({ t: 'a'.repeat(length) });
  });

  it.each([
    ['{"s":1,"\\\\":2}', '{"s":1,"\\"":3}', { s: 1, '"': 3 }],
    ['{"t":1,"\\\\u00":2}', '{"t":1,"\\u0070ath":3}', { t: 1, path: 3 }],
  ])('after args %s, hands on the args %s as they are written', async (before, text, args) => {
    for (const written of [before, text]) {
      const reply = await gateway.app.inject({
        method: 'POST',
        url: '/guard/enforce',
        payload: `{"tool":"a.b","args":${written}}`,
        headers: { host: 'localhost', 'content-type': 'application/json' },
      });
      expect(reply.statusCode).toBe(200);
    }
    const [, { call }] = asked.map(({ data }) => data as { call: Call }) as [unknown, { call: Call }];
    expect(call).toEqual({ tool: 'a.b', args, principal: 'anonymous' });
    expect(callDigest(call)).toBe(callDigest({ tool: 'a.b', args, principal: 'anonymous' }));
  });

  it('answers a refusal of the enforcer with its code, and as a decision that allows nothing', async () => {
    answer = () => {
      throw new AppError('dry_run_id_in_use', 'run-1 waits for another call');
    };
    const reply = await post('/guard/enforce', { tool: 'a.b', meta: { dry_run_id: 'run-1' } });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({
      code: 'dry_run_id_in_use',
      detail: 'run-1 waits for another call',
      allowed: false,
      approval_required: false,
      reasons: ['dry_run_id_in_use'],
    });
  });
});

it.each([
  ['run_key', 'meta.run_key: is in use for another call'],
  ['dry_run_id', 'meta.dry_run_id: is in use for another call'],
])('what the enforcer has against a key names %s, which was sent', async (field, detail) => {
  answer = () => {
    throw new AppError('dry_run_id_in_use', 'dry_run_id: is in use for another call');
  };
  const reply = await post('/guard/enforce', { tool: 'a.b', meta: { [field]: 'run-1' } });
  expect([reply.statusCode, reply.json().detail]).toEqual([409, detail]);
  expect(reply.json().title).toBe('This run key is in use for another call');
});

describe('every answer', () => {
  it("carries the caller's request id, or a new one, also where it is a fault", async () => {
    const good = await post('/guard/check', { tool: 'a.b' }, { 'x-request-id': 'mine-1' });
    expect(good.headers['x-request-id']).toBe('mine-1');
    const bad = await post('/guard/check', {}, { 'x-request-id': 'no good' });
    const id = bad.headers['x-request-id'];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(bad.json().instance).toBe(`urn:aegis:request:${String(id)}`);
  });

  it('is not to be guessed at, kept or used by other sites', async () => {
    const { headers } = await post('/guard/check', { tool: 'a.b' });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
