import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provision } from './provision.ts';
import { AEGIS, STREAMS } from './streams.ts';

let server: TestNatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});

afterAll(() => server.stop());

const admin = () => server.connect('admin');

test('provisioning again changes nothing', async () => {
  const nc = await admin();
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const configs = () => Promise.all(STREAMS.map(async ({ name }) => (await jsm.streams.info(name)).config));
  const before = await configs();
  await provision(nc);
  expect(await configs()).toEqual(before);
});

test('the record can not be thinned out, not even by the admin', async () => {
  await jetstream(await server.connect('audit')).publish('aegis.log.audit', 'entry');
  const jsm = await jetstreamManager(await admin(), { checkAPI: false });
  await expect(jsm.streams.purge('AEGIS')).rejects.toThrow(/purge/);
  await expect(jsm.streams.deleteMessage('AEGIS', 1)).rejects.toThrow(/delet/);
});

test('what is on record outlives a kill -9 of the server', async () => {
  const js = jetstream(await server.connect('approvals'));
  const { seq } = await js.publish('aegis.log.approval.kept', 'kept');
  await server.kill();
  await server.restart();
  const jsm = await jetstreamManager(await server.connect('audit'), { checkAPI: false });
  expect((await jsm.direct.getMessage('AEGIS', { seq }))?.string()).toBe('kept');
});

test('a schedule fires for the durable consumer of approvals, and is gone once it is acknowledged', async () => {
  const js = jetstream(await server.connect('approvals'), { checkAPI: false });
  const at = new Date(Date.now() + 1_500);
  await js.publish('aegis.timers.schedule.ap1', '{"approval_id":"ap1"}', {
    schedule: { specification: at, target: 'aegis.timers.fire.ap1' },
  });
  const consumer = await js.consumers.get('AEGIS_TIMERS', 'approvals');
  const message = await consumer.next({ expires: 10_000 });
  expect(message?.subject).toBe('aegis.timers.fire.ap1');
  expect(message?.string()).toBe('{"approval_id":"ap1"}');
  expect(Date.now()).toBeGreaterThanOrEqual(at.getTime() - 50);
  expect(await message?.ackAck({ timeout: 2_000 })).toBe(true);
  expect((await consumer.info()).num_ack_pending).toBe(0);
});

test('a schedule outlives a kill -9 of the server', async () => {
  const js = jetstream(await server.connect('approvals'), { checkAPI: false });
  await js.publish('aegis.timers.schedule.ap2', 'ap2', {
    schedule: { specification: new Date(Date.now() + 1_500), target: 'aegis.timers.fire.ap2' },
  });
  await server.kill();
  await server.restart();
  const again = jetstream(await server.connect('approvals'), { checkAPI: false });
  const consumer = await again.consumers.get('AEGIS_TIMERS', 'approvals');
  // An acknowledgement of just before may be lost by a kill: what it was for comes again.
  let message = await consumer.next({ expires: 10_000 });
  if (message?.subject === 'aegis.timers.fire.ap1') message = await consumer.next({ expires: 10_000 });
  expect(message?.subject).toBe('aegis.timers.fire.ap2');
});

test('notices are taken from the day on that their consumer was made, also while nobody listens', async () => {
  const other = await startNatsServer({ provisioned: false });
  try {
    const nc = await other.connect('admin');
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await jsm.streams.add(AEGIS);
    const js = jetstream(await other.connect('approvals'));
    await js.publish('aegis.log.approval.before', 'before');
    await provision(nc);
    await js.publish('aegis.log.approval.after', 'after');
    await provision(nc);
    const notifier = jetstream(await other.connect('notifier'));
    const consumer = await notifier.consumers.get('AEGIS', 'notices');
    const read = await consumer.fetch({ max_messages: 2, expires: 1_000 });
    const seen: string[] = [];
    for await (const message of read) seen.push(message.string());
    expect(seen).toEqual(['after']);
  } finally {
    await other.stop();
  }
});

test('of the attempts to deliver, the last hundred of each webhook are kept', async () => {
  const js = jetstream(await server.connect('notifier'));
  for (let i = 0; i < 101; i++) await js.publish('aegis.delivered.many', String(i));
  await js.publish('aegis.delivered.one', 'one');
  const jsm = await jetstreamManager(await admin(), { checkAPI: false });
  const { state } = await jsm.streams.info('AEGIS_DELIVERED', { subjects_filter: 'aegis.delivered.*' });
  expect(state.subjects).toEqual({ 'aegis.delivered.many': 100, 'aegis.delivered.one': 1 });
});

test('a stream that is not what it must be is refused by the name of the field, and left alone', async () => {
  const other = await startNatsServer({ provisioned: false });
  try {
    const nc = await other.connect('admin');
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await jsm.streams.add({ name: 'AEGIS', subjects: ['aegis.log.>'], max_msgs: 1_000 });
    await expect(provision(nc)).rejects.toThrow(
      'Stream AEGIS has max_msgs = 1000 where AegisMCP needs -1: set it with "nats stream edit"',
    );
    expect((await jsm.streams.info('AEGIS')).config.max_msgs).toBe(1_000);
  } finally {
    await other.stop();
  }
});
