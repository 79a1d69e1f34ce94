import { type Bus, route } from '@aegis/bus';
import { approvalsGet } from '@aegis/contracts/approvals';
import { fixtureOf } from '@aegis/contracts/fixture';
import { approvalsGrant, approvalsGrants, approvalsRevoke } from '@aegis/contracts/grants';
import {
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { denied } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const KEY = 'aegis_approver_ada';
const credential = { secret: KEY, source: '127.0.0.1' };

const { grant } = fixtureOf(approvalsGrant).reply;
const { approval_id, pattern, reason } = fixtureOf(approvalsGrant).request;
const giveGrant = { approval_id, minutes: 30, pattern, reason };
const webhookSaved = fixtureOf(webhooksSave).reply;
const { webhook } = webhookSaved;
const { delivery } = fixtureOf(webhooksTest).reply;

let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: unknown[] = [];

const keep = <T>(data: unknown, reply: T): T => {
  asked.push(data);
  return reply;
};

const APPROVALS = [
  route(approvalsGrant, (data) => {
    if (data.for_ms === 60_000) throw new AppError('already_decided', 'bob denied it.');
    return keep(data, { grant: grant });
  }),
  route(approvalsGrants, (data) => keep(data, { grants: [grant] })),
  route(approvalsRevoke, (data) => keep(data, { grant: grant })),
  route(approvalsGet, () => ({ approval: denied, revision: 3 })),
  route(webhooksList, (data) => keep(data, { webhooks: [webhook] })),
  route(webhooksSave, (data) => {
    if (data.webhook_id === 'from-file') throw new AppError('read_only', 'webhooks.json has it.');
    return keep(data, webhookSaved);
  }),
  route(webhooksRemove, (data) => keep(data, { ok: true as const })),
  route(webhooksTest, async (data) => {
    await new Promise((resolve) => setTimeout(resolve, 900));
    return keep(data, { delivery });
  }),
  route(webhooksDeliveries, (data) => keep(data, { deliveries: [delivery] })),
];

beforeAll(async () => {
  server = await startNatsServer();
  services = [await standIn(server, 'approvals', APPROVALS)];
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

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const send = (method: Method, url: string, payload?: object, headers: Record<string, string> = {}) =>
  gateway.app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: { host: 'localhost', authorization: `Bearer ${KEY}`, ...headers },
  });

describe('a grant', () => {
  it('is given with an approval, for minutes, for calls like it', async () => {
    const reply = await send('POST', '/grants', giveGrant, { 'if-match': '"5"' });
    expect([reply.statusCode, reply.json()]).toEqual([201, { grant }]);
    expect(asked).toEqual([{ approval_id, pattern, reason, for_ms: 30 * 60_000, revision: 5, credential }]);
  });

  it('is given by the dry run id too, for the very same call', async () => {
    await send('POST', '/grants', { approval_id: 'run-1', minutes: 1440 });
    expect(asked).toEqual([{ approval_id: 'run-1', for_ms: 86_400_000, credential }]);
  });

  it('is given for what minutes were called before, all the same', async () => {
    const { minutes, ...rest } = giveGrant;
    const reply = await send('POST', '/grants', { ...rest, for_minutes: minutes });
    expect([reply.statusCode, asked]).toEqual([201, [expect.objectContaining({ for_ms: 30 * 60_000 })]]);
  });

  it('for what was decided first by somebody else is 409 with the standing decision', async () => {
    const reply = await send('POST', '/grants', { ...giveGrant, minutes: 1 });
    expect([reply.statusCode, reply.headers.etag, reply.json()]).toEqual([
      409,
      '"3"',
      expect.objectContaining({
        code: 'already_decided',
        detail: 'bob denied it.',
        approval: expect.objectContaining({ status: 'denied' }),
      }),
    ]);
  });

  it('is listed by whether it counts, and revoked', async () => {
    expect((await send('GET', '/grants?active=true')).json()).toEqual({ grants: [grant] });
    await send('GET', '/grants');
    expect((await send('POST', `/grants/${grant.grant_id}/revoke`)).json()).toEqual({ grant });
    expect(asked).toEqual([
      { active: true, credential },
      { credential },
      { grant_id: grant.grant_id, credential },
    ]);
  });
});

describe('a webhook', () => {
  it('is made, with its secret shown once, and changed with one of its own', async () => {
    const { target } = webhook;
    const reply = await send('PUT', '/webhooks/on-call', { target });
    expect([reply.statusCode, reply.json()]).toEqual([200, webhookSaved]);
    const { secret } = webhookSaved;
    await send('PUT', '/webhooks/on-call', { target: { type: 'email', to: ['a@b.example'] }, secret });
    const email = { type: 'email', to: ['a@b.example'], events: ['approval.requested'] };
    expect(asked).toEqual([
      { webhook_id: 'on-call', target, credential },
      { webhook_id: 'on-call', target: email, secret, credential },
    ]);
  });

  it.each([
    [{ target: { type: 'fax', to: '1' } }, /^target/],
    [{ target: { type: 'standard', url: 'ftp://a.example' } }, /^target\.url/],
    [{ target: { type: 'slack', url: 'https://a.example', events: ['nope'] } }, /^target\.events/],
    [{ target: webhook.target, secret: 'plain' }, /^secret: expected whsec_/],
    [{ target: webhook.target, webhook_id: 'x' }, /^webhook_id: unknown field/],
  ])('%j is 422 and named', async (body, detail) => {
    const reply = await send('PUT', '/webhooks/on-call', body);
    expect([reply.statusCode, reply.json().detail]).toEqual([422, expect.stringMatching(detail)]);
    expect(asked).toEqual([]);
  });

  it('has no name that JSON keeps for itself: in a file it would be no webhook', async () => {
    const reply = await send('PUT', '/webhooks/__proto__', { target: webhook.target });
    expect([reply.statusCode, reply.json().detail]).toEqual([422, expect.stringMatching(/not __proto__/)]);
    expect(asked).toEqual([]);
  });

  it('of the file is not changed here: 409', async () => {
    const reply = await send('PUT', '/webhooks/from-file', { target: webhook.target });
    expect([reply.statusCode, reply.json().code]).toEqual([409, 'read_only']);
  });

  it('is listed, with what became of what it was told, and removed', async () => {
    expect((await send('GET', '/webhooks')).json()).toEqual({ webhooks: [webhook] });
    expect((await send('GET', '/webhooks/on-call/deliveries')).json()).toEqual({ deliveries: [delivery] });
    expect((await send('DELETE', '/webhooks/on-call')).json()).toEqual({ ok: true });
    const one = { webhook_id: 'on-call', credential };
    expect(asked).toEqual([{ credential }, one, one]);
  });

  it('is tested, however slow it is', async () => {
    const reply = await send('POST', '/webhooks/on-call/test');
    expect([reply.statusCode, reply.json()]).toEqual([200, { delivery }]);
  });
});

it.each([
  ['GET', '/grants'],
  ['POST', '/grants'],
  ['POST', `/grants/${grant.grant_id}/revoke`],
  ['GET', '/webhooks'],
  ['PUT', '/webhooks/on-call'],
  ['DELETE', '/webhooks/on-call'],
  ['POST', '/webhooks/on-call/test'],
  ['GET', '/webhooks/on-call/deliveries'],
] as const)('%s %s without a credential is 401, and nobody is asked', async (method, url) => {
  const bodies: Record<string, object> = {
    '/grants': giveGrant,
    '/webhooks/on-call': { target: webhook.target },
  };
  const body = method === 'POST' || method === 'PUT' ? bodies[url] : undefined;
  const reply = await send(method, url, body, { authorization: '' });
  expect([reply.statusCode, reply.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  expect(asked).toEqual([]);
});
