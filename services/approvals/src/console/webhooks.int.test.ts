import { route } from '@aegis/bus';
import {
  type Delivery,
  notifierDeliveries,
  notifierList,
  notifierRemove,
  notifierSave,
  notifierTest,
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import { connectTestBus } from '@aegis/testkit/bus';
import { expect, it, onTestFinished } from 'vitest';
import { openBrowser, startConsole } from '../testkit/browser.ts';
import { createPeople } from '../testkit/people.ts';
import { CODE, codeOf, soon, startReplica, useWorld, world } from '../testkit/world.ts';

useWorld();

const DELIVERY: Delivery = {
  webhook_id: 'ops',
  message_id: 'm',
  event: 'webhook.test',
  attempt: 1,
  at: '2026-01-01T00:00:00.000Z',
  duration_ms: 1,
  ok: true,
};

async function connectNotifier() {
  const bus = await connectTestBus(world.server, 'notifier');
  onTestFinished(() => bus.close());
  return bus;
}

const TARGET = {
  type: 'standard' as const,
  url: 'https://example.com/',
  events: ['approval.denied' as const],
};
const WEBHOOK = { webhook_id: 'ops', target: TARGET };

/** A notifier that says yes, and what it is asked. */
async function startNotifier(): Promise<unknown[]> {
  const notifier = await connectNotifier();
  const asked: unknown[] = [];
  const keep = <T>(data: unknown, reply: T): T => {
    asked.push(data);
    return reply;
  };
  await notifier.respond([
    route(notifierList, (data) => keep(data, { webhooks: [WEBHOOK] })),
    route(notifierSave, (data) => keep(data, { webhook: WEBHOOK })),
    route(notifierRemove, (data) => keep(data, { ok: true as const })),
    route(notifierTest, (data) => keep(data, { delivery: DELIVERY })),
    route(notifierDeliveries, (data) => keep(data, { deliveries: [DELIVERY] })),
  ]);
  return asked;
}

/** All that an admin may ask of webhooks over REST. */
function askedBy(secret: string): Promise<unknown>[] {
  const credential = { secret, source: '10.0.0.1' };
  const one = { webhook_id: 'ops', credential };
  return [
    world.gateway.ask(webhooksList, { credential }, soon()),
    world.gateway.ask(webhooksSave, { ...one, target: TARGET }, soon()),
    world.gateway.ask(webhooksTest, one, soon()),
    world.gateway.ask(webhooksDeliveries, one, soon()),
    world.gateway.ask(webhooksRemove, one, soon()),
  ];
}

it('an admin asks about webhooks by a credential, which the notifier does not hear', async () => {
  const people = await createPeople();
  await startReplica(people.env);
  for (const code of await Promise.all(askedBy(CODE).map(codeOf))) expect(code).toBe('notifier_unavailable');
  const asked = await startNotifier();
  for (const code of await Promise.all(askedBy(people.keys.ada).map(codeOf)))
    expect(code).toBe('not_an_approver');
  for (const code of await Promise.all(askedBy('wrong-code').map(codeOf))) expect(code).toBe('unauthorized');
  expect(asked).toEqual([]);
  expect(await Promise.all(askedBy(people.keys.dee))).toEqual([
    { webhooks: [WEBHOOK] },
    { webhook: WEBHOOK },
    { delivery: DELIVERY },
    { deliveries: [DELIVERY] },
    { ok: true },
  ]);
  expect(asked).toHaveLength(5);
  expect(asked).toContainEqual({ ...WEBHOOK, by: 'dee' });
  expect(asked).toContainEqual({ webhook_id: 'ops', by: 'dee' });
  expect(JSON.stringify(asked)).not.toContain(people.keys.dee);
});

it('the console shows an admin what the notifier says of webhooks, and nobody else', async () => {
  const people = await createPeople();
  const { base, get, post } = await startConsole(people.env);
  expect(await get('/webhooks')).toMatchObject({ status: 503, body: { code: 'notifier_unavailable' } });
  const asked = await startNotifier();
  expect((await get('/webhooks')).body).toEqual({ webhooks: [WEBHOOK] });
  expect((await get('/webhooks/ops/deliveries')).body).toEqual({ deliveries: [DELIVERY] });
  expect((await post('/webhooks/ops/test')).body).toEqual({ delivery: DELIVERY });
  const ada = openBrowser(base);
  await ada.signIn(people.keys.ada);
  expect((await ada.get('/webhooks')).body['code']).toBe('not_an_approver');
  expect((await ada.post('/webhooks/ops/test')).body['code']).toBe('not_an_approver');
  expect((await post('/webhooks/ops/test', undefined, { 'x-page-token': 'no' })).status).toBe(401);
  expect(asked).toEqual([{}, { webhook_id: 'ops' }, { webhook_id: 'ops' }]);
});
