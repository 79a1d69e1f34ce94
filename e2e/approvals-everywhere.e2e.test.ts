import { type Receiver, startReceiver } from '@aegis/testkit/webhook-receiver';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { approve, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { saveWebhook } from './testkit/console/webhooks.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { get, post, type Reply } from './testkit/rest.ts';

const TWO = { match: 'treasury.*', decision: 'review', quorum: 2 };
const SOON = { timeout: 10_000 };

let world: World;
let receiver: Receiver;
let dee: Person;
beforeAll(async () => {
  receiver = await startReceiver((_, { path }) => ({ status: path === '/down' ? 500 : 204 }));
  const env = { WEBHOOK_ALLOW_HOSTS: '127.0.0.1' };
  world = await startWorld({ rules: [TWO, { match: '*', decision: 'review' }], env });
  dee = await openPerson(world, { secret: world.keys.dee });
});
afterAll(async () => {
  await dee.close();
  await world.stop();
  await receiver.close();
});
afterEach(() => dee.checkFaults());

describe('a webhook', () => {
  it('is told of a call that waits, signed, and leads to where it is decided', async () => {
    const secret = await saveWebhook(world, 'on-call', receiver.url);
    const id = await world.ask({ tool: 'mail.send', args: { password: 'hunter2' } });
    await expect.poll(() => receiver.requests.length, SOON).toBe(1);
    const [{ body, headers }] = receiver.requests as [Receiver['requests'][number]];
    const told = new Webhook(secret).verify(body, headers) as { type: string; data: { url: string } };
    expect(told).toMatchObject({ type: 'approval.requested', data: { approval_id: id, tool: 'mail.send' } });
    expect(body).not.toContain('hunter2');
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    await dee.page.goto(told.data.url);
    await approve(dee.page);
    await untilSaid(dee.page, 'You approved this.');
  });

  it('is tried out in the console, which shows what became of each delivery', async () => {
    const { page } = dee;
    await saveWebhook(world, 'broken', receiver.url.replace('/hook', '/down'));
    await dee.open('/ui/webhooks');
    const card = (name: string) => page.locator('article', { has: page.getByRole('heading', { name }) });
    await card('on-call').getByRole('button', { name: 'Send a test' }).click();
    await card('on-call').getByRole('status').getByText('delivered').waitFor();
    expect(receiver.bodies().at(-1)).toMatchObject({ type: 'webhook.test' });
    await card('broken').getByRole('button', { name: 'Send a test' }).click();
    await card('broken').getByRole('status').getByText('HTTP 500').waitFor();
    await card('on-call').getByText('Deliveries').click();
    const lines = card('on-call').locator('details li');
    await expect.poll(() => lines.count()).toBe(2);
    expect(await lines.allInnerTexts()).toEqual([
      expect.stringMatching(/delivered\s+webhook\.test\s+HTTP 204\s+attempt 1/),
      expect.stringMatching(/delivered\s+approval\.requested\s+HTTP 204\s+attempt 1/),
    ]);
  });

  it('is no business of who is no admin', async () => {
    const ada = await openPerson(world, { secret: world.keys.ada });
    await ada.open('/ui/webhooks');
    await ada.page.getByText('This page needs the role operator or admin').waitFor();
    ada.checkFaults(/status of 403/);
    await ada.close();
  });
});

const say = (id: string, key: string, etag?: string): Promise<Reply> => {
  const condition: Record<string, string> = etag === undefined ? {} : { 'if-match': etag };
  return post(
    world.stack.url,
    `/approvals/${id}/approve`,
    {},
    { authorization: `Bearer ${key}`, ...condition },
  );
};

describe('over REST', () => {
  it('a key decides what it has seen; who comes later is told who decided', async () => {
    const id = await world.ask({ tool: 'treasury.wire', amount_cents: 1 });
    const etag = (await get(world.stack.url, `/approvals/${id}`)).headers.get('etag') ?? '';
    expect((await say(id, 'aegis_approver_of-nobody', etag)).status).toBe(401);
    const first = await say(id, world.keys.ada, etag);
    expect(first).toMatchObject({ status: 200, body: { status: 'pending', endorsements: [{ by: 'ada' }] } });
    expect(await say(id, world.keys.bob, etag)).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed' },
    });
    const second = await say(id, world.keys.bob, first.headers.get('etag') ?? '');
    expect(second).toMatchObject({ status: 200, body: { status: 'approved', decided_by: 'bob' } });
    expect(await say(id, world.keys.cyd)).toMatchObject({
      status: 409,
      body: { code: 'already_decided', approval: { status: 'approved', decided_by: 'bob' } },
    });
  });
});
