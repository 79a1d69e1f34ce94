import { type Bus, route } from '@aegis/bus';
import { ACCESS, type Who } from '@aegis/contracts/access';
import { approvalsGet, approvalsList, approvalsWho } from '@aegis/contracts/approvals';
import { auditQuery } from '@aegis/contracts/audit';
import { fixtureOf } from '@aegis/contracts/fixture';
import type { Identity } from '@aegis/contracts/identities';
import { approvalLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { makeIdentityKey, makeKey } from '@aegis/kit/keys';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recordAgent } from '../testkit/agents.ts';
import { APPROVAL_ID, approvalEvent, pending } from '../testkit/samples.ts';
import { openStream } from '../testkit/sse.ts';
import { createTestApp, LOCAL_KEY, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const SECRET = 's3cret';
const SOON = { timeout: 10_000 };
const ADAS = makeKey('aegis_approver');
const asked = { ...pending, call: { ...pending.call, principal: 'key:agent', args: { password: SECRET } } };
const ruled = { ...asked, terms: { approvers: ['finance'] } };

let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let stands = asked;
const questions: unknown[] = [];
let knowsAda = true;
let looks = 0;

beforeAll(async () => {
  server = await startNatsServer();
  services = await Promise.all([
    standIn(server, 'policy'),
    standIn(server, 'approvals', [
      route(approvalsGet, ({ principal }) => {
        looks += 1;
        if (principal !== undefined && principal !== stands.call.principal)
          throw new AppError('approval_not_found', 'There is none.');
        return { approval: stands, revision: 7 };
      }),
      route(approvalsList, (query) => {
        questions.push(query);
        return { approvals: [stands] };
      }),
      route(approvalsWho, ({ credential }) => {
        if (knowsAda && credential.secret === ADAS) return { name: 'ada', roles: ['finance'] };
        throw new AppError('unauthorized', 'The key or code is wrong.');
      }),
    ]),
    standIn(server, 'audit', [
      route(auditQuery, (query) => {
        questions.push(query);
        return fixtureOf(auditQuery).reply;
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

const send = (row: string, authorization?: string) => {
  const [method = '', path = ''] = row.split(' ');
  const url = path.replace(':id', APPROVAL_ID).replace('/docs/*', '/docs/static/index.html');
  const headers = { host: 'localhost', ...(authorization === undefined ? {} : { authorization }) };
  const payload = ['POST', 'PUT'].includes(method) ? { payload: {} } : {};
  return gateway.app.inject({ method: method as 'GET', url, headers, ...payload });
};
const policy = () => services[0] as Bus;
/** A stream never ends by itself, and a page is the service's behind it. */
const ROWS = Object.entries(ACCESS.rest).filter(([row]) => !/^GET \/events$|\/ui\/\*$/.test(row));
const NAMED = ROWS.flatMap(([row, { may }]) => (may.includes('anonymous') ? [row] : []));
const READS = ['GET /approvals', `GET /approvals/:id`] as const;

describe('before an agent has a key', () => {
  it.each(READS)('nobody in particular reads names of arguments and their digest: %s', async (row) => {
    const reply = await send(row);
    expect([reply.statusCode, reply.body.includes(SECRET)]).toEqual([200, false]);
    expect(reply.body).toMatch(/"arg_names":\["password"\],"args_digest":"sha256:/);
  });

  it.each(READS)('an approver, and the user of the machine, read what they may: %s', async (row) => {
    for (const key of [ADAS, LOCAL_KEY]) expect((await send(row, `Bearer ${key}`)).body).toContain(SECRET);
  });

  it.each(READS)('what is no key is refused: %s', async (row) => {
    for (const wrong of ['Bearer nonsense', `Bearer ${makeKey('aegis')}`, 'Basic YTpi'])
      expect((await send(row, wrong)).statusCode).toBe(401);
  });
});

const WHO: Readonly<Record<string, readonly Who[]>> = {
  agent: ['agent', 'own'],
  auditor: ['auditor'],
  approver: ['approver'],
  operator: ['operator'],
  admin: ['admin'],
};
const keys = Object.fromEntries(Object.keys(WHO).map((role) => [role, makeIdentityKey()]));

describe('from the first key of an agent on', () => {
  const revoked = makeIdentityKey();
  const expired = makeIdentityKey();
  const dead = { revoked_at: new Date().toISOString() };
  beforeAll(async () => {
    for (const [role, key] of Object.entries(keys))
      await recordAgent(policy(), role === 'agent' ? role : `the-${role}`, key, { roles: [role] });
    await recordAgent(policy(), 'gone', revoked, { roles: ['auditor'] }, dead);
    await recordAgent(
      policy(),
      'over',
      expired,
      { roles: ['auditor'] },
      { expires_at: new Date(0).toISOString() },
    );
    const isKnown = async () => (await send('GET /approvals', `Bearer ${expired}`)).json().detail as string;
    await vi.waitFor(async () => expect(await isKnown()).toContain('expired'), SOON);
  });

  it.each(Object.entries(WHO))('%s reads what the table says at every route', async (role, who) => {
    for (const [row, { may }] of ROWS) {
      const isOpen = may.includes('everybody') || may.some((one) => who.includes(one));
      const { statusCode, body } = await send(row, `Bearer ${keys[role]}`);
      const isForbidden = statusCode === 403 && body.includes('"code":"forbidden"');
      expect([row, isForbidden]).toEqual([row, !isOpen]);
    }
  });

  const ADDRESSED = (): [string, string | undefined][] => [
    ['no key', undefined],
    ['a key that nobody has here', makeIdentityKey()],
    ['a key that was cut', (keys['auditor'] ?? '').slice(0, -4)],
    ['a revoked key', revoked],
    ['an expired key', expired],
  ];
  it.each(ADDRESSED())('with %s nothing is read', async (_, key) => {
    for (const row of NAMED) {
      const { statusCode } = await send(row, key === undefined ? undefined : `Bearer ${key}`);
      expect([row, statusCode]).toEqual([row, 401]);
    }
    expect((await send('GET /events', key === undefined ? undefined : `Bearer ${key}`)).statusCode).toBe(401);
  });

  it.each([
    ['agent', true, true],
    ['auditor', true, true],
    ['approver', true, false],
    ['operator', false, false],
    ['admin', false, false],
  ])('%s reads values of arguments as the table says', async (role, reads, readsRuled) => {
    for (const row of READS) {
      for (const [approval, isRead] of [
        [asked, reads],
        [ruled, readsRuled],
      ] as const) {
        stands = approval;
        const { body } = await send(row, `Bearer ${keys[role]}`);
        expect([row, body.includes(SECRET)]).toEqual([row, isRead]);
      }
      stands = ruled;
      expect((await send(row, `Bearer ${ADAS}`)).body).toContain(SECRET);
      stands = asked;
    }
  });

  it('an agent’s lists and record are its own, and what another asked is not there', async () => {
    questions.length = 0;
    for (const row of ['GET /approvals', 'GET /audit']) await send(row, `Bearer ${keys['agent']}`);
    expect(questions).toMatchObject([{ principal: 'key:agent' }, { principal: 'key:agent' }]);
    expect((await send('GET /audit?principal=key:other', `Bearer ${keys['agent']}`)).json().code).toBe(
      'forbidden',
    );
    stands = { ...asked, call: { ...asked.call, principal: 'key:other' } };
    const reply = await send('GET /approvals/:id', `Bearer ${keys['agent']}`);
    expect([reply.statusCode, reply.json().code]).toEqual([404, 'approval_not_found']);
    stands = asked;
  });
});

it('a stream has what is an agent’s own, and values for whoever reads them', async () => {
  const url = `${await gateway.app.listen({ host: '127.0.0.1', port: 0 })}/events`;
  const streams = await Promise.all(
    [keys['agent'], keys['operator'], keys['auditor']].map((key) =>
      openStream(url, { authorization: `Bearer ${key}` }),
    ),
  );
  const [agent, operator, auditor] = streams;
  const others = { ...asked, call: { ...asked.call, principal: 'key:other' } };
  for (const approval of [others, asked])
    await (services[1] as Bus).append.one(
      {
        subject: approvalLog(APPROVAL_ID),
        event: { ...approvalEvent(), id: crypto.randomUUID(), data: { approval } },
      },
      Date.now() + 5_000,
    );
  await expect.poll(() => [operator, auditor].map((stream) => stream?.events().length), SOON).toEqual([2, 2]);
  await expect.poll(() => agent?.events().length, SOON).toBe(1);
  const readBy = (stream: typeof agent) => JSON.stringify(stream?.events()).includes(SECRET);
  expect([agent, operator, auditor].map(readBy)).toEqual([true, false, true]);
  for (const stream of streams) stream.close();
});

const FINANCE: Partial<Identity> = { kind: 'person', roles: ['approver'], rule_roles: ['finance'] };

it.each([
  ['a revoked key', { roles: ['auditor'] }, { revoked_at: new Date().toISOString() }, 401],
  ['a role that is taken away', { roles: ['nothing'] }, {}, 403],
  ['a role that rules name', { ...FINANCE, rule_roles: [] }, {}, 200],
])('a stream and a wait end with %s', async (what, more, ended, status) => {
  stands = ruled;
  const key = makeIdentityKey();
  const name = what.replaceAll(' ', '-');
  await recordAgent(policy(), name, key, status === 200 ? FINANCE : { roles: ['auditor'] });
  const authorization = `Bearer ${key}`;
  await expect.poll(async () => (await send('GET /approvals', authorization)).statusCode, SOON).toBe(200);
  const base = gateway.app.listeningOrigin;
  const stream = await openStream(`${base}/events`, { authorization });
  const before = looks;
  const waited = fetch(`${base}/approvals/${APPROVAL_ID}?wait=60s`, { headers: { authorization } });
  await expect.poll(() => stream.blocks.length, SOON).toBeGreaterThan(0);
  await expect.poll(() => looks, SOON).toBeGreaterThan(before);
  await recordAgent(policy(), name, key, more, ended);
  await expect.poll(() => stream.ended(), SOON).toBe(true);
  const reply = await waited;
  expect([reply.status, (await reply.text()).includes(SECRET)]).toEqual([status, false]);
  stands = asked;
});

it('a stream ends when the approvals service no longer knows who has it', async () => {
  const headers = { authorization: `Bearer ${ADAS}` };
  const stream = await openStream(`${gateway.app.listeningOrigin}/events`, headers);
  await expect.poll(() => stream.blocks.length, SOON).toBeGreaterThan(0);
  knowsAda = false;
  await expect.poll(() => stream.ended(), SOON).toBe(true);
  knowsAda = true;
});
