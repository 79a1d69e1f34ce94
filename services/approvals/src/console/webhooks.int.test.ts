import { route } from '@aegis/bus';
import { approvalsAuthorize, approvalsDecide } from '@aegis/contracts/approvals';
import { consoleDeliveries, consoleTest, consoleWebhooks, type Delivery } from '@aegis/contracts/webhooks';
import { connectTestBus } from '@aegis/testkit/bus';
import { expect, it, onTestFinished } from 'vitest';
import { openBrowser, startConsole } from '../testkit/browser.ts';
import { createPeople } from '../testkit/people.ts';
import { CODE, codeOf, request, soon, startReplica, useWorld, world } from '../testkit/world.ts';

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

it('the notifier learns who an admin is, and of nobody else anything', async () => {
  const people = await createPeople();
  await startReplica(people.env);
  const notifier = await connectNotifier();
  const ask = (secret: string) =>
    notifier.ask(approvalsAuthorize, { credential: { secret, source: '10.0.0.1' } }, soon());
  expect(await ask(people.keys.dee)).toEqual({ name: 'dee' });
  expect(await ask(CODE)).toEqual({ name: 'approval-code' });
  expect(await codeOf(ask(people.keys.ada))).toBe('not_an_approver');
  expect(await codeOf(ask('wrong-code'))).toBe('unauthorized');
  const { approval_id } = await request('key');
  const credential = { secret: people.keys.dee, source: '10.0.0.1' };
  const deciding = notifier.ask(
    approvalsDecide,
    { id: approval_id, verdict: 'approve', credential },
    soon(500),
  );
  expect(await codeOf(deciding)).toBe('approvals_unavailable');
});

it('the console shows an admin what the notifier says of webhooks, and nobody else', async () => {
  const people = await createPeople();
  const { base, get, post } = await startConsole(people.env);
  expect(await get('/webhooks')).toMatchObject({ status: 503, body: { code: 'notifier_unavailable' } });
  const notifier = await connectNotifier();
  const asked: unknown[] = [];
  await notifier.respond([
    route(consoleWebhooks, () => ({ webhooks: [] })),
    route(consoleTest, (data) => {
      asked.push(data);
      return { delivery: DELIVERY };
    }),
    route(consoleDeliveries, () => ({ deliveries: [DELIVERY] })),
  ]);
  expect((await get('/webhooks')).body).toEqual({ webhooks: [] });
  expect((await get('/webhooks/ops/deliveries')).body).toEqual({ deliveries: [DELIVERY] });
  expect((await post('/webhooks/ops/test')).body).toEqual({ delivery: DELIVERY });
  const ada = openBrowser(base);
  await ada.signIn(people.keys.ada);
  expect((await ada.get('/webhooks')).body['code']).toBe('not_an_approver');
  expect((await ada.post('/webhooks/ops/test')).body['code']).toBe('not_an_approver');
  expect((await post('/webhooks/ops/test', undefined, { 'x-csrf-token': 'no' })).status).toBe(403);
  expect(asked).toEqual([{ webhook_id: 'ops' }]);
});
