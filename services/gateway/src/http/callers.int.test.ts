import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type Bus, type RequestContext, route } from '@aegis/bus';
import { ACCESS } from '@aegis/contracts/access';
import { approvalsCancel, approvalsGet, approvalsWho } from '@aegis/contracts/approvals';
import { auditWrite } from '@aegis/contracts/audit';
import { approvalsComplete } from '@aegis/contracts/codes';
import { enforce, policyCheck } from '@aegis/contracts/decision';
import type { Identity } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import { makeIdentityKey, makeKey } from '@aegis/kit/keys';
import Fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordAgent } from '../testkit/agents.ts';
import { APPROVAL_ID, allowedCheck, enforceReply, pending, TRACE_ID } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';
import { nameCallers } from './callers.ts';

type Asked = { data: unknown; context: RequestContext };
let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: Asked[] = [];
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
        return enforceReply('allowed');
      }),
    ]),
    standIn(server, 'approvals', [
      route(approvalsCancel, (data, context) => {
        keep(data, context);
        return { approval: pending, revision: 7 };
      }),
      route(approvalsGet, ({ id, principal }) => {
        if (principal === 'key:billing') return { approval: pending, revision: 7 };
        throw new AppError('approval_not_found', `There is no approval "${id}".`);
      }),
      route(approvalsWho, ({ credential: { secret } }) => {
        if (secret === 'the right code') return { name: 'approval-code', roles: [] };
        if (secret === APPROVERS) return { name: 'ada', roles: [] };
        throw new AppError('unauthorized', 'The key or code is wrong; nothing was decided.');
      }),
      route(approvalsComplete, (data, context) => {
        keep(data, context);
        return { approval: pending };
      }),
    ]),
    standIn(server, 'audit', [
      route(auditWrite, (data, context) => {
        keep(data, context);
        return { ok: true as const, trace_id: TRACE_ID, path: '/a' };
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
});

const record = (
  ...who: [name: string, key: string, more?: Partial<Identity>, ended?: object]
): Promise<void> => recordAgent(services[0] as Bus, ...who);

const post = (url: string, payload: object, authorization?: string) =>
  gateway.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { host: 'localhost', ...(authorization === undefined ? {} : { authorization }) },
  });
const ENFORCE = ['/guard/enforce', { tool: 'a.b' }] as const;
/** What an agent does. */
const AGENTS: readonly (readonly [string, object])[] = [
  ENFORCE,
  ['/guard/check', { tool: 'a.b' }],
  ['/audit', { action: 'deploy' }],
  [`/approvals/${APPROVAL_ID}/cancel`, {}],
];
const MADE = makeIdentityKey();
const APPROVERS = makeKey('aegis_approver');
const COMPLETE = '/approvals/complete';

const isRoute = (row: string): boolean => {
  const [method, url = ''] = row.split(' ');
  return gateway.app.hasRoute({
    method: method as 'GET',
    url: url.replace('/docs/*', '/docs/static/index.html'),
  });
};

const unasked = () => Promise.reject(new Error('asked'));

it('each row of the table of who may what is a route, and a route without a row is none', () => {
  expect(Object.keys(ACCESS.rest).filter((row) => !isRoute(row))).toEqual([]);
  const app = Fastify();
  const identities = { holderOf: unasked, isAsked: unasked };
  nameCallers(app, { identities, askWho: unasked, localKey: () => undefined });
  expect(() => app.get('/new', () => '')).toThrow('GET /new has no row');
});

describe('before an agent has a key', () => {
  it('a code in the body is judged without one, and a wrong one too', async () => {
    expect((await post(COMPLETE, { run_key: 'r-1', approval_code: 'a guess' })).statusCode).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it.each(AGENTS)('whoever asks without one is nobody in particular: %s', async (url, body) => {
    expect((await post(url, body)).statusCode).toBeLessThan(410);
    expect(JSON.stringify(asked)).toContain('"principal":"anonymous"');
  });

  it.each([
    ['a key that nobody made', `Bearer ${makeIdentityKey()}`],
    ['one of the file of MCP clients', `Bearer ${makeKey('aegis')}`],
    ['an approver’s', `Bearer ${makeKey('aegis_approver')}`],
    ['nonsense', 'Bearer nonsense'],
    ['another scheme', 'Basic YTpi'],
  ])('%s is refused all the same, and is nobody’s name', async (_, authorization) => {
    for (const [url, body] of AGENTS) {
      const reply = await post(url, body, authorization);
      expect([reply.statusCode, reply.json().code, asked]).toEqual([401, 'unauthorized', []]);
    }
  });
});

describe('from the first key of an agent on', () => {
  const revoked = makeIdentityKey();
  const expired = makeIdentityKey();
  const auditor = makeIdentityKey();
  const other = makeIdentityKey();
  beforeAll(async () => {
    await record('billing', MADE);
    await record('shipping', other);
    await record('old', revoked, {}, { revoked_at: new Date().toISOString() });
    await record('over', expired, {}, { expires_at: new Date(Date.now() - 1).toISOString() });
    await record('reader', auditor, { roles: ['auditor'] });
    const isKnown = async () => (await post(...ENFORCE, `Bearer ${expired}`)).json().detail as string;
    await vi.waitFor(async () => expect(await isKnown()).toContain('expired'), { timeout: 10_000 });
    asked = [];
  });

  it.each(AGENTS)('what it does is done under its name: %s', async (url, body) => {
    await post(url, body, `Bearer ${MADE}`);
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked[0]?.data)).toContain('"principal":"key:billing"');
    expect(asked[0]?.context.caller).toEqual({ principal: 'key:billing', from: '127.0.0.1' });
  });

  const CODE = { run_key: 'r-1', approval_code: 'a guess' };

  it.each([
    ['to cancel by its id', `/approvals/${APPROVAL_ID}/cancel`, {}],
    ['to cancel by its run key', '/approvals/r-1/cancel', {}],
    ['to complete by its id', COMPLETE, { approval_id: APPROVAL_ID, approval_code: 'a guess' }],
    ['to complete by its run key', COMPLETE, CODE],
  ])('what another asked is not there %s, and each means its own', async (_, url, body) => {
    const reply = await post(url, body, `Bearer ${other}`);
    expect([reply.statusCode, reply.json().code, asked]).toEqual([404, 'approval_not_found', []]);
    expect(reply.body).not.toContain('billing');
    await post(url, body, `Bearer ${MADE}`);
    expect(Object.values(asked[0]?.data ?? {})).toContain(APPROVAL_ID);
  });

  it.each([
    ['nothing', undefined],
    ['a key of the file of MCP clients', `Bearer ${makeKey('aegis')}`],
    ['an approver’s key that nobody has', `Bearer ${makeKey('aegis_approver')}`],
    ['nonsense', 'Bearer nonsense'],
  ])('a wrong code with %s denies nothing', async (_, authorization) => {
    const reply = await post(COMPLETE, CODE, authorization);
    expect([reply.statusCode, reply.json().code, asked]).toEqual([401, 'unauthorized', []]);
  });

  it.each([
    ['the right code', { ...CODE, approval_code: 'the right code' }, undefined],
    ['an approver’s key', CODE, `Bearer ${APPROVERS}`],
    ['a key of its own', CODE, `Bearer ${MADE}`],
  ])('a code is judged with %s', async (_, body, authorization) => {
    expect((await post(COMPLETE, body, authorization)).statusCode).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it('an approver’s key is no code', async () => {
    const reply = await post(COMPLETE, { ...CODE, approval_code: APPROVERS });
    expect([reply.statusCode, asked]).toEqual([401, []]);
  });

  const WRONG: readonly (readonly [string, string | undefined, string])[] = [
    ['none', undefined, 'A key is needed here'],
    ['one that nobody has here', `Bearer ${makeIdentityKey()}`, 'not known here'],
    ['one that was cut', `Bearer ${MADE.slice(0, -4)}`, 'cut or mistyped'],
    ['one with a letter too many', `Bearer ${MADE}x`, 'cut or mistyped'],
    ['one that was revoked', `Bearer ${revoked}`, 'was revoked'],
    ['one that has expired', `Bearer ${expired}`, 'has expired'],
    ['one of the file of MCP clients', `Bearer ${makeKey('aegis')}`, 'no key of an agent'],
    ['an approver’s', `Bearer ${makeKey('aegis_approver')}`, 'no key of an agent'],
    ['nonsense', 'Bearer nonsense', 'no key of an agent'],
    ['another scheme', 'Basic YTpi', 'no key of an agent'],
  ];
  describe.each(WRONG)('with %s', (_, authorization, because) => {
    it.each(AGENTS)('nothing is done: %s', async (url, body) => {
      const reply = await post(url, body, authorization);
      expect([reply.statusCode, reply.json().code]).toEqual([401, 'unauthorized']);
      expect(reply.headers['www-authenticate']).toBe('Bearer');
      expect(reply.json().detail).toContain(because);
      expect(asked).toEqual([]);
      if (authorization?.includes('aegis_')) expect(reply.body).not.toContain(authorization.slice(20));
    });
  });

  it.each(AGENTS)('whoever is no agent is told which role it takes: %s', async (url, body) => {
    const reply = await post(url, body, `Bearer ${auditor}`);
    expect([reply.statusCode, reply.json().code, asked]).toEqual([403, 'forbidden', []]);
    expect(reply.json().detail).toBe('This takes the role agent, and key:reader has auditor.');
  });

  it('a guard’s caller reads that nothing is allowed', async () => {
    expect((await post(...ENFORCE)).json()).toMatchObject({ allowed: false, reasons: ['unauthorized'] });
  });
});

const send = async (headers: Record<string, string | string[]>): Promise<number | undefined> => {
  if (gateway.app.server.address() === null) await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = gateway.app.server.address() as { port: number };
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  httpRequest({ port, path: '/guard/check', method: 'POST', headers }, (reply) => {
    reply.resume();
    resolve(reply.statusCode);
  })
    .on('error', reject)
    .end();
  return promise;
};

describe('over a real connection', () => {
  it.each([
    ['two keys at once', [`Bearer ${MADE}`, `Bearer ${MADE}`], 422],
    ['64 KiB of a key', `Bearer ${'a'.repeat(65_536)}`, 431],
  ])('%s are refused', async (_, authorization, status) => {
    expect(await send({ authorization, 'content-length': '0' })).toBe(status);
    expect(asked).toEqual([]);
  });
});

it.each(AGENTS)('a key that ends while a body comes in does nothing more: %s', async (url, body) => {
  const name = `slow${AGENTS.findIndex(([one]) => one === url)}`;
  const key = makeIdentityKey();
  await record(name, key);
  const authorization = `Bearer ${key}`;
  await expect
    .poll(async () => (await post('/guard/check', { tool: 'a.b' }, authorization)).statusCode)
    .toBe(200);
  asked = [];
  if (gateway.app.server.address() === null) await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = gateway.app.server.address() as { port: number };
  const text = JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { authorization, 'content-type': 'application/json', 'content-length': text.length };
  const slow = httpRequest({ port, path: url, method: 'POST', headers }, (reply) => {
    reply.resume();
    resolve(reply.statusCode);
  }).on('error', reject);
  const arrived = once(gateway.app.server, 'request');
  slow.write(text.slice(0, 1));
  await arrived;
  await record(name, key, {}, { revoked_at: new Date().toISOString() });
  await expect.poll(async () => (await post(...ENFORCE, authorization)).statusCode).toBe(401);
  asked = [];
  slow.end(text.slice(1));
  expect([await promise, asked]).toEqual([401, []]);
});

const codeOf = async (authorization?: string) => {
  const reply = await post(...ENFORCE, authorization);
  return [reply.statusCode, reply.json().code];
};

it('while nobody can say who there is, nobody is let in', async () => {
  await server.kill();
  await expect
    .poll(() => codeOf(`Bearer ${MADE}`), { timeout: 10_000 })
    .toEqual([503, 'identities_unavailable']);
  expect(await codeOf()).toEqual([503, 'identities_unavailable']);
  await server.restart();
});
