import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import {
  notifierDeliveries,
  notifierList,
  notifierRemove,
  notifierSave,
  notifierTest,
} from '@aegis/contracts/webhooks';
import { connectTestBus } from '@aegis/testkit/bus';
import { expect, test } from 'vitest';
import {
  attempts,
  happened,
  receiver,
  save,
  soonMs,
  startReplica,
  stopReplicas,
  useNotifyWorld,
  world,
} from './testkit/notify-world.ts';

useNotifyWorld();

const soon = () => ({ deadlineMs: soonMs() });
const within = { timeout: 10_000 };
const onDisk = async () =>
  JSON.parse(await readFile(world.path, 'utf8')) as { webhooks: Record<string, object> };

/** What was written on the webhooks' subject, oldest first. */
async function changes() {
  const audit = await connectTestBus(world.server, 'audit');
  const seen: unknown[] = [];
  const follower = await audit.follow({
    fromSeq: 1,
    apply: ({ subject, event }) => void (subject === 'aegis.log.webhook' && seen.push(event?.data)),
  });
  await follower.caughtUp(soonMs());
  await follower.stop();
  await audit.close();
  return seen;
}

test('what is saved is in the file, readable by its owner only, and on record without its secret', async () => {
  const notify = await startReplica();
  const { secret } = await save(notify, 'ops', 'http://127.0.0.1:9/hook');
  expect((await onDisk()).webhooks['ops']).toMatchObject({ type: 'standard', secret });
  expect((await stat(world.path)).mode & 0o777).toBe(0o600);
  const recorded = await changes();
  expect(recorded).toEqual([expect.objectContaining({ webhook_id: 'ops', change: 'saved', by: 'ana' })]);
  expect(JSON.stringify(recorded)).not.toContain('whsec_');
});

test('410 disables a webhook for good: in the file, on record, over a restart', async () => {
  const ops = await receiver(() => ({ status: 410 }));
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await happened();
  const disabled = [expect.objectContaining({ disabled_because: expect.stringContaining('410') })];
  await expect.poll(() => notify.list(), within).toEqual(disabled);
  expect((await onDisk()).webhooks['ops']).toMatchObject({
    disabled_because: expect.stringContaining('410'),
  });
  expect((await changes()).at(-1)).toMatchObject({ change: 'disabled', by: 'webhook:ops' });
  await stopReplicas();
  const again = await startReplica();
  expect(again.list()).toEqual(disabled);
  await happened();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(ops.requests).toHaveLength(1);
});

test('a webhook that is saved again after 410 is told of what comes', async () => {
  const ops = await receiver((count) => (count === 1 ? { status: 410 } : {}));
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await happened();
  await expect.poll(() => notify.list()[0]?.disabled_because, within).toContain('410');
  await save(notify, 'ops', ops.url);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(2);
});

test('a removed webhook is told nothing more, not even when its name is used again', async () => {
  const ops = await receiver(() => ({ status: 500 }));
  const notify = await startReplica({ WEBHOOK_RETRY_MS: '800,800' });
  await save(notify, 'ops', ops.url);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  await notify.remove('ops', 'ana', soonMs());
  const other = await receiver();
  await save(notify, 'ops', other.url);
  const event = await happened();
  await expect.poll(() => other.requests.length, within).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(ops.requests).toHaveLength(1);
  expect(other.requests.map(({ headers }) => headers['webhook-id'])).toEqual([`${event.id}_ops`]);
});

test('a webhook that was removed while nobody ran has no queue any more', async () => {
  await save(await startReplica(), 'ops', 'http://127.0.0.1:9/hook');
  await stopReplicas();
  await writeFile(world.path, '{"webhooks":{}}');
  await startReplica();
  const admin = await world.server.connect('admin');
  const reply = await admin.request('$JS.API.CONSUMER.NAMES.AEGIS_DELIVERIES');
  expect(reply.json<{ consumers: string[] }>().consumers).toEqual([]);
});

test('an edit of the file by hand counts; one that is bad leaves the last good one in force', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  const good = await readFile(world.path, 'utf8');
  await writeFile(world.path, good.replace('"ops"', '"by-hand"'));
  await expect.poll(() => notify.list().map((one) => one.webhook_id), within).toEqual(['by-hand']);
  await writeFile(world.path, good.replace('"url"', '"uri"'));
  await expect
    .poll(() => notify.health().problems, within)
    .toEqual([expect.stringMatching(/webhooks\.ops\.uri: unknown field.*last good one stays in force/)]);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  await expect(save(notify, 'x', ops.url)).rejects.toMatchObject({ code: 'read_only' });
  await writeFile(world.path, good);
  await expect.poll(() => notify.health().problems, within).toEqual([]);
});

test('a file that goes away takes no webhook with it, and comes back with the next change', async () => {
  const notify = await startReplica();
  await save(notify, 'ops', 'http://127.0.0.1:9/hook');
  await rm(world.path);
  await expect.poll(() => notify.health().problems, within).toEqual([expect.stringContaining('it is gone')]);
  await save(notify, 'more', 'http://127.0.0.1:9/hook');
  expect(Object.keys((await onDisk()).webhooks)).toEqual(['ops', 'more']);
  expect(notify.health().problems).toEqual([]);
});

test('two replicas that change the file at the same time lose nothing', async () => {
  const replicas = [await startReplica(), await startReplica()];
  const names = Array.from({ length: 20 }, (_, i) => `w${i}`);
  await Promise.all(
    replicas.flatMap((notify, i) =>
      names.map((name) => save(notify, `${name}-${i}`, 'http://127.0.0.1:9/hook')),
    ),
  );
  expect(Object.keys((await onDisk()).webhooks)).toHaveLength(40);
  for (const notify of replicas) await expect.poll(() => notify.list().length, within).toBe(40);
});

test('a file that may not be written is not changed, and the answer says so', async () => {
  const path = join(world.folder, 'no-folder', 'webhooks.json');
  await writeFile(join(world.folder, 'no-folder'), 'a file');
  const notify = await startReplica({ WEBHOOKS_FILE: path });
  await expect(save(notify, 'ops', 'http://127.0.0.1:9/hook')).rejects.toMatchObject({
    code: 'read_only',
    message: expect.stringContaining(`${path} can not be changed`),
  });
  expect(await changes()).toEqual([]);
});

test('without a file nothing can be changed, and what happens meanwhile is told to nobody later', async () => {
  const bare = await startReplica({ WEBHOOKS_FILE: '' });
  expect(bare.list()).toEqual([]);
  await expect(save(bare, 'ops', 'http://127.0.0.1:9/hook')).rejects.toMatchObject({
    code: 'read_only',
    message: expect.stringContaining('WEBHOOKS_FILE'),
  });
  await happened();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stopReplicas();
  const ops = await receiver();
  await save(await startReplica(), 'ops', ops.url);
  const event = await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  expect(ops.requests[0]?.headers['webhook-id']).toBe(`${event.id}_ops`);
});

test('a change that can not go on record is not made', async () => {
  const notify = await startReplica();
  await expect(
    notify.save(
      {
        webhook_id: 'ops',
        target: { type: 'slack', url: 'http://127.0.0.1:9/', events: ['approval.denied'] },
      },
      'ana',
      Date.now() - 1,
    ),
  ).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(notify.list()).toEqual([]);
  expect(await changes()).toEqual([]);
  await expect(stat(world.path)).rejects.toThrow('ENOENT');
});

test('a test is sent at once, also to a webhook that is disabled, and changes nothing', async () => {
  const ops = await receiver((count) => ({ status: count === 2 ? 200 : 410 }));
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  expect(await notify.test('ops')).toMatchObject({
    event: 'webhook.test',
    ok: false,
    status: 410,
    attempt: 1,
  });
  expect(notify.list()[0]?.disabled_because).toBeUndefined();
  const text = await readFile(world.path, 'utf8');
  await writeFile(world.path, text.replace('"type"', '"disabled_because": "by hand", "type"'));
  await expect.poll(() => notify.list()[0]?.disabled_because, within).toBe('by hand');
  const delivery = await notify.test('ops');
  expect(delivery).toMatchObject({ ok: true, status: 200 });
  expect((await attempts(notify, 'ops')).at(-1)).toEqual(delivery);
  expect(ops.bodies().map(({ type, data }) => [type, data['webhook_id']])).toEqual([
    ['webhook.test', 'ops'],
    ['webhook.test', 'ops'],
  ]);
  await expect(notify.test('x')).rejects.toMatchObject({ code: 'not_found' });
  await expect(notify.deliveries('x')).rejects.toMatchObject({ code: 'not_found' });
  expect(await save(notify, 'new', ops.url).then(() => notify.deliveries('new'))).toEqual([]);
});

const listFor = (bus: Bus) => bus.ask(notifierList, {}, { deadlineMs: Date.now() + 500 });

test('approvals alone asks over the bus, in the name of an admin and without a credential', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  const target = { type: 'standard' as const, url: ops.url, events: ['approval.requested' as const] };
  const saved = await world.bus.ask(notifierSave, { webhook_id: 'ops', target, by: 'dee' }, soon());
  expect(saved).toEqual({ webhook: { webhook_id: 'ops', target }, secret: expect.stringMatching(/^whsec_/) });
  expect(await listFor(world.bus)).toEqual({ webhooks: [saved.webhook] });
  const { delivery } = await world.bus.ask(notifierTest, { webhook_id: 'ops' }, soon());
  expect(delivery.ok).toBe(true);
  expect(await world.bus.ask(notifierDeliveries, { webhook_id: 'ops' }, soon())).toEqual({
    deliveries: [delivery],
  });
  await world.bus.ask(notifierRemove, { webhook_id: 'ops', by: 'dee' }, soon());
  expect(notify.list()).toEqual([]);
  expect(await changes()).toMatchObject([
    { change: 'saved', by: 'dee' },
    { change: 'removed', by: 'dee' },
  ]);
  for (const other of ['gateway', 'mcp'] as const) {
    const bus = await connectTestBus(world.server, other);
    await expect(listFor(bus)).rejects.toMatchObject({ code: 'notifier_unavailable' });
    await bus.close();
  }
});
