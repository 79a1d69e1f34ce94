import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, startGatewayDouble } from '../testkit/gateway-double.ts';

const SOON = new Date(Date.now() + 60_000).toISOString();
const GRANT = {
  grant_id: 'gra_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  principal: 'key:ci',
  pattern: { tool: 'refunds.create', args: { note: { equals: '\u202eevil' } } },
  granted_by: 'ada',
  expires_at: SOON,
  uses: 3,
};
const COVERS = 'Calls of refunds.create without an amount where "note" is exactly "\u202eevil".';
const WEBHOOK = {
  webhook_id: 'on-call',
  target: { type: 'standard', url: 'https://hooks.example', events: ['approval.requested'] },
};
const DELIVERY = {
  webhook_id: 'on-call',
  message_id: 'test_1',
  event: 'webhook.test',
  attempt: 1,
  at: '2026-01-31T12:00:00.000Z',
  duration_ms: 84.4,
  ok: true,
  status: 204,
};
const SECRET = `whsec_${'a'.repeat(32)}`;
const FAILED = { ...DELIVERY, ok: false, status: 500, error: 'answered 500' };

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({
    'GET /grants': {
      status: 200,
      body: {
        grants: [
          GRANT,
          { ...GRANT, revoked_at: SOON },
          { ...GRANT, expires_at: DELIVERY.at, covers: COVERS },
          { ...GRANT, covers: 'Calls of bank.pay.', idle_because: 'nobody has accepted it' },
          { ...GRANT, covers: 'Calls of bank.pay.', over_because: 'ada is no approver any more' },
          {
            ...GRANT,
            covers: 'Calls of bank.pay.',
            revoked_at: SOON,
            over_because: 'the policy has changed',
          },
        ],
      },
    },
    'POST /grants': { status: 201, body: { grant: GRANT } },
    [`POST /grants/${GRANT.grant_id}/revoke`]: {
      status: 200,
      body: { grant: { ...GRANT, revoked_at: SOON } },
    },
    'GET /webhooks': {
      status: 200,
      body: { webhooks: [WEBHOOK, { ...WEBHOOK, webhook_id: 'old', disabled_because: 'it answered 410' }] },
    },
    'PUT /webhooks/on-call': { status: 200, body: { webhook: WEBHOOK, secret: SECRET } },
    'PUT /webhooks/mail': { status: 200, body: { webhook: { ...WEBHOOK, webhook_id: 'mail' } } },
    'DELETE /webhooks/on-call': { status: 200, body: { ok: true } },
    'POST /webhooks/on-call/test': { status: 200, body: { delivery: DELIVERY } },
    'POST /webhooks/old/test': { status: 200, body: { delivery: FAILED } },
    'GET /webhooks/on-call/deliveries': { status: 200, body: { deliveries: [DELIVERY] } },
  });
});
afterAll(() => gateway.stop());

async function aegis(...args: string[]) {
  const host = fakeHost({ env: { AEGIS_URL: gateway.url, AEGIS_APPROVER_KEY: 'k' } });
  host.stdin.end();
  await run(host, args);
  return host;
}
const last = () => gateway.seen.at(-1);

describe('grants', () => {
  test('are listed as the patterns that they are, with their state', async () => {
    const host = await aegis('grants', 'list');
    const [active = '', revoked, expired, idle, over, edited] = host.out().split('\n');
    expect(active).toBe(
      [
        GRANT.grant_id,
        'active',
        SOON,
        3,
        'ada',
        'key:ci',
        String.raw`{"tool":"refunds.create","args":{"note":{"equals":"\u202eevil"}}}`,
      ].join('\t'),
    );
    expect(idle).toMatch(
      /\tidle\t.*\tCalls of bank\.pay\. It lets no call run now: nobody has accepted it\.$/,
    );
    expect(over).toMatch(/\tover\t.*\tCalls of bank\.pay\. It is over: ada is no approver any more\.$/);
    expect(edited).toMatch(/\trevoked\t.*\tCalls of bank\.pay\. It is over: the policy has changed\.$/);
    expect([revoked, expired]).toEqual([
      expect.stringContaining('\trevoked\t'),
      expect.stringMatching(
        /\texpired\t.*\tCalls of refunds\.create without an amount where "note" is exactly "\\u\{202e\}evil"\.$/,
      ),
    ]);
    expect(last()).toMatchObject({ target: '/grants', headers: { authorization: 'Bearer k' } });
  });

  test.each([
    ['--active', '/grants?active=true'],
    ['--no-active', '/grants?active=false'],
  ])('with %s are asked for at %s', async (option, target) => {
    await aegis('grants', 'list', option);
    expect(last()?.target).toBe(target);
  });

  test('are given for the very same call', async () => {
    const host = await aegis('grants', 'give', 'run-1', '--minutes', '30', '--reason', 'a batch');
    expect([host.exitCode, host.out()]).toEqual([0, expect.stringMatching(/^active {2}gra_a+ .* until /)]);
    expect(last()?.body).toEqual({ approval_id: 'run-1', minutes: 30, reason: 'a batch' });
  });

  test.each([['0'], ['1441'], ['soon']])('for %s minutes are wrong usage', async (minutes) => {
    expect((await aegis('grants', 'give', 'run-1', '--minutes', minutes)).exitCode).toBe(2);
  });

  test('are revoked', async () => {
    const host = await aegis('grants', 'revoke', GRANT.grant_id);
    expect([host.exitCode, host.out()]).toEqual([0, expect.stringMatching(/^revoked {2}gra_a+ /)]);
  });
});

describe('webhooks', () => {
  test('are listed with where they go and why one is off', async () => {
    const host = await aegis('webhooks', 'list');
    expect(host.out()).toBe(
      'on-call\tstandard\thttps://hooks.example\tapproval.requested\t\n' +
        'old\tstandard\thttps://hooks.example\tapproval.requested\tit answered 410\n',
    );
  });

  test('are added with a secret that is shown once', async () => {
    const slack = ['--to', 'https://hooks.example', '--type', 'slack'];
    const events = ['--event', 'approval.requested', '--event', 'approval.expired'];
    const host = await aegis('webhooks', 'add', 'on-call', ...slack, ...events);
    expect([host.exitCode, host.out()]).toEqual([0, `${SECRET}\n`]);
    expect(host.err()).toContain('This secret is shown once');
    expect(last()?.body).toEqual({
      target: {
        type: 'slack',
        url: 'https://hooks.example',
        events: ['approval.requested', 'approval.expired'],
      },
    });
  });

  test('are added for people by e-mail', async () => {
    const host = await aegis('webhooks', 'add', 'mail', '--email', 'a@b.example', '--email', 'c@d.example');
    expect(host.out()).toBe('mail is told from now on.\n');
    expect(last()?.body).toEqual({ target: { type: 'email', to: ['a@b.example', 'c@d.example'] } });
  });

  test.each([
    [['add', 'x']],
    [['add', 'x', '--to', 'https://a.example', '--email', 'a@b.example']],
    [['add', 'x', '--email', 'a@b.example', '--type', 'slack']],
    [['add', 'x', '--to', 'https://a.example', '--type', 'email']],
    [['add', 'x', '--to', 'https://a.example', '--type', 'fax']],
    [['add', 'x', '--to', 'https://a.example', '--event', 'approval.seen']],
    [['add', 'a.b', '--to', 'https://a.example']],
    [['add', 'x', '--url', 'https://a.example']],
  ])('%j is wrong usage, and no credential is sent anywhere', async (args) => {
    const before = gateway.seen.length;
    expect((await aegis('webhooks', ...args)).exitCode).toBe(2);
    expect(gateway.seen).toHaveLength(before);
  });

  test('are tested: yes where it arrived, no where it did not', async () => {
    const arrived = await aegis('webhooks', 'test', 'on-call');
    expect([arrived.exitCode, arrived.out()]).toEqual([0, expect.stringContaining('\tok 204\t84\t')]);
    const failed = await aegis('webhooks', 'test', 'old');
    expect([failed.exitCode, failed.out()]).toEqual([1, expect.stringContaining('failed 500')]);
  });

  test('have a log of deliveries, and are removed', async () => {
    expect((await aegis('webhooks', 'deliveries', 'on-call')).out()).toContain('webhook.test\t1\tok 204');
    const removed = await aegis('webhooks', 'remove', 'on-call');
    expect([removed.exitCode, removed.out()]).toEqual([0, 'on-call is told nothing any more.\n']);
    expect(last()).toMatchObject({ method: 'DELETE', headers: { authorization: 'Bearer k' } });
  });
});
