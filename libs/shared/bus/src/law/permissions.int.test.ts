import { RPCS } from '@aegis/contracts/rpcs';
import { rpcSubject } from '@aegis/contracts/subjects';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Identity } from './identities.ts';
import { STREAMS } from './streams.ts';

let server: TestNatsServer;
const connections = new Map<Identity, NatsConnection>();
const violations: string[] = [];

beforeAll(async () => {
  server = await startNatsServer();
});

afterAll(() => server.stop());

async function as(identity: Identity): Promise<NatsConnection> {
  const known = connections.get(identity);
  if (known !== undefined) return known;
  const nc = await server.connect(identity);
  connections.set(identity, nc);
  void recordViolations(nc);
  return nc;
}

async function recordViolations(nc: NatsConnection): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === 'error') violations.push(status.error.message);
  }
}

async function refusals(nc: NatsConnection, attempt: () => void): Promise<string[]> {
  const before = violations.length;
  attempt();
  await nc.flush();
  await new Promise(setImmediate);
  return violations.slice(before);
}

const REFUSED_WRITES: [Identity, string][] = [
  ['mcp', 'aegis.log.approval.x'],
  ['mcp', 'aegis.log.policy'],
  ['mcp', 'aegis.log.audit'],
  ['mcp', 'aegis.log.idempotency.x'],
  ['mcp', 'aegis.log.tool.x.accepted'],
  ['mcp', 'aegis.rpc.approvals.complete'],
  ['mcp', 'aegis.rpc.approvals.decide'],
  ['mcp', 'aegis.rpc.approvals.consume'],
  ['mcp', 'aegis.rpc.approvals.tools'],
  ['mcp', 'aegis.rpc.approvals.accept'],
  ['mcp', 'aegis.rpc.policy.publish'],
  ['mcp', 'aegis.rpc.policy.effective'],
  ['mcp', 'aegis.rpc.audit.query'],
  ['mcp', 'aegis.events.decision.enforce.allowed'],
  ['mcp', '$JS.API.CONSUMER.CREATE.AEGIS.x'],
  ['mcp', '$JS.API.CONSUMER.CREATE.AEGIS.x.aegis.log.approval.>'],
  ['mcp', '$JS.API.CONSUMER.CREATE.AEGIS.x.aegis.log.decision.>'],
  ['mcp', '$JS.API.DIRECT.GET.AEGIS'],
  ['mcp', '$JS.API.DIRECT.GET.AEGIS.aegis.log.approval.x'],
  ['gateway', 'aegis.log.call.x'],
  ['gateway', 'aegis.log.tool.x.accepted'],
  ['gateway', 'aegis.alive.x'],
  ['gateway', 'aegis.log.approval.x'],
  ['gateway', 'aegis.log.policy'],
  ['gateway', 'aegis.log.decision.enforce.allowed'],
  ['gateway', 'aegis.rpc.approvals.consume'],
  ['gateway', 'aegis.rpc.approvals.request'],
  ['gateway', 'aegis.rpc.policy.publish'],
  ['gateway', 'aegis.rpc.audit.anything'],
  ['gateway', 'aegis.rpc.gateway.health'],
  ['gateway', '$JS.API.CONSUMER.CREATE.AEGIS.all'],
  ['gateway', '$JS.API.DIRECT.GET.AEGIS'],
  ['reader', 'aegis.events.approval.x'],
  ['reader', 'aegis.log.audit'],
  ['reader', 'aegis.rpc.policy.check'],
  ['policy', 'aegis.log.approval.x'],
  ['policy', 'aegis.rpc.approvals.get'],
  ['enforcer', 'aegis.log.approval.x'],
  ['enforcer', 'aegis.log.policy'],
  ['enforcer', 'aegis.log.tool.x'],
  ['enforcer', 'aegis.log.tool.x.accepted'],
  ['enforcer', 'aegis.rpc.approvals.decide'],
  ['enforcer', 'aegis.rpc.policy.get'],
  ['approvals', 'aegis.log.decision.enforce.blocked'],
  ['approvals', 'aegis.log.policy'],
  ['approvals', 'aegis.log.tool.x'],
  ['approvals', 'aegis.log.call.x'],
  ['approvals', 'aegis.rpc.audit.write'],
  ['approvals', '$JS.API.CONSUMER.CREATE.AEGIS_TIMERS.x.aegis.timers.>'],
  ['approvals', '$JS.API.CONSUMER.CREATE.AEGIS.notices.aegis.log.approval.>'],
  ['approvals', '$JS.API.CONSUMER.DELETE.AEGIS.notices'],
  ['approvals', '$JS.API.CONSUMER.MSG.NEXT.AEGIS.notices'],
  ['approvals', '$JS.API.CONSUMER.CREATE.AEGIS_DELIVERIES.x.aegis.deliveries.x'],
  ['approvals', '$JS.API.CONSUMER.MSG.NEXT.AEGIS_DELIVERIES.x'],
  ['approvals', '$JS.API.DIRECT.GET.AEGIS_DELIVERED'],
  ['approvals', 'aegis.deliveries.x'],
  ['approvals', 'aegis.delivered.x'],
  ['approvals', 'aegis.log.webhook'],
  ['approvals', 'aegis.rpc.notifier.anything'],
  ['notifier', 'aegis.log.approval.x'],
  ['notifier', 'aegis.log.grant.x'],
  ['notifier', 'aegis.log.decision.enforce.allowed'],
  ['notifier', 'aegis.rpc.approvals.decide'],
  ['notifier', 'aegis.rpc.approvals.get'],
  ['notifier', 'aegis.timers.schedule.x'],
  ['notifier', '$JS.API.CONSUMER.CREATE.AEGIS.x.aegis.log.approval.>'],
  ['notifier', '$JS.API.CONSUMER.CREATE.AEGIS.notices.aegis.log.approval.>'],
  ['notifier', '$JS.API.CONSUMER.DELETE.AEGIS.notices'],
  ['notifier', '$JS.API.CONSUMER.CREATE.AEGIS_DELIVERIES.x'],
  ['notifier', '$JS.API.DIRECT.GET.AEGIS.aegis.log.approval.x'],
  ['audit', 'aegis.log.decision.enforce.allowed'],
  ['audit', 'aegis.rpc.policy.check'],
  ['audit', '$JS.API.CONSUMER.CREATE.AEGIS.notices'],
  ['mcp', '$JS.API.CONSUMER.CREATE.AEGIS.notices.aegis.log.policy'],
  ['mcp', '$JS.API.CONSUMER.DELETE.AEGIS.notices'],
  ['mcp', '$JS.API.CONSUMER.MSG.NEXT.AEGIS.notices'],
  ['mcp', '$JS.API.DIRECT.GET.AEGIS_DELIVERED'],
  ['mcp', 'aegis.log.webhook'],
  ['mcp', 'aegis.log.body.x'],
  ['enforcer', 'aegis.log.body.x'],
  ['mcp', 'aegis.log.grant.x'],
  ['mcp', 'aegis.rpc.approvals.grant'],
  ['mcp', 'aegis.rpc.approvals.webhook-save'],
  ['mcp', 'aegis.rpc.notifier.webhook-save'],
  ['mcp', 'aegis.deliveries.x'],
  ['gateway', '$JS.API.CONSUMER.MSG.NEXT.AEGIS.notices'],
  ['gateway', '$JS.API.CONSUMER.MSG.NEXT.AEGIS_DELIVERIES.x'],
  ['gateway', 'aegis.rpc.notifier.webhook-save'],
  ['gateway', 'aegis.rpc.notifier.webhooks'],
  ['gateway', 'aegis.deliveries.x'],
  ['gateway', 'aegis.delivered.x'],
  ['gateway', 'aegis.log.webhook'],
  ['enforcer', '$JS.API.CONSUMER.MSG.NEXT.AEGIS.notices'],
];

test.each(REFUSED_WRITES)('%s may not publish on %s', async (identity, subject) => {
  const nc = await as(identity);
  expect(await refusals(nc, () => nc.publish(subject, '{}'))).toEqual([
    expect.stringContaining(`Permissions Violation for Publish to "${subject}"`),
  ]);
});

const WRITES: [Identity, string][] = [
  ['mcp', 'aegis.log.decision.enforce.allowed'],
  ['mcp', 'aegis.log.decision.enforce.blocked'],
  ['mcp', 'aegis.log.call.w1'],
  ['mcp', 'aegis.log.tool.w1'],
  ['enforcer', 'aegis.log.call.w2'],
  ['approvals', 'aegis.log.tool.w1.accepted'],
  ['approvals', 'aegis.log.grant.w1'],
  ['approvals', 'aegis.log.waiting.w1'],
  ['approvals', 'aegis.log.body.w1'],
  ['notifier', 'aegis.log.webhook'],
];

test.each(WRITES)('%s may store a fact on %s', async (identity, subject) => {
  const { seq } = await jetstream(await as(identity)).publish(subject, subject);
  const jsm = await jetstreamManager(await as('audit'), { checkAPI: false });
  expect(await jsm.direct.getMessage('AEGIS', { seq })).toMatchObject({ subject });
});

const SERVICES: Identity[] = [
  'policy',
  'enforcer',
  'approvals',
  'notifier',
  'audit',
  'gateway',
  'mcp',
  'reader',
];
const MAIMING = ['STREAM.DELETE', 'STREAM.PURGE', 'STREAM.UPDATE', 'STREAM.MSG.DELETE', 'STREAM.CREATE'];

test.each(SERVICES)('%s may not delete, purge, update or create a stream', async (identity) => {
  const nc = await as(identity);
  for (const verb of MAIMING) {
    for (const { name: stream } of STREAMS) {
      const refused = await refusals(nc, () => nc.publish(`$JS.API.${verb}.${stream}`));
      expect(refused, `${verb} ${stream}`).toHaveLength(1);
    }
  }
});

test.each(SERVICES)('%s may not listen to the log, nor to inboxes other than its own', async (identity) => {
  const nc = await as(identity);
  const others = SERVICES.filter((each) => each !== identity).map((each) => `_INBOX_${each}.>`);
  for (const subject of ['aegis.log.>', '>', '_INBOX.>', 'aegis.rpc.>', '$JS.API.>', ...others]) {
    expect(
      await refusals(nc, () => void nc.subscribe(subject, { callback: () => undefined })),
      subject,
    ).toHaveLength(1);
  }
  const own = await refusals(
    nc,
    () => void nc.subscribe(`_INBOX_${identity}.x`, { callback: () => undefined }),
  );
  expect(own).toEqual([]);
});

test.each(SERVICES)('%s asks what names it as an asker, and nothing else', async (identity) => {
  const nc = await as(identity);
  for (const [name, { service, verb, askedBy }] of RPCS) {
    const refused = await refusals(nc, () => nc.publish(rpcSubject(service, verb)));
    const may = askedBy.some((one) => one === identity);
    expect(refused, name).toHaveLength(may ? 0 : 1);
  }
});

test('a service takes requests in its queue group only, so that no request is served twice', async () => {
  const nc = await as('policy');
  const subject = 'aegis.rpc.policy.*';
  const listen = (queue?: string) => () =>
    void nc.subscribe(
      subject,
      queue === undefined ? { callback: () => undefined } : { queue, callback: () => undefined },
    );
  expect(await refusals(nc, listen())).toHaveLength(1);
  expect(await refusals(nc, listen('other'))).toHaveLength(1);
  expect(await refusals(nc, listen('policy'))).toEqual([]);
});

test('a request is answered across services, once, and by nobody else', async () => {
  const [approvals, gateway] = [await as('approvals'), await as('gateway')];
  const answers: string[][] = [];
  const answering = approvals.subscribe('aegis.rpc.approvals.*', {
    queue: 'approvals',
    callback: (_error, request) => {
      request.respond('first');
      void refusals(approvals, () => request.respond('second')).then((refused) => answers.push(refused));
    },
  });
  await approvals.flush();
  const reply = await gateway.request('aegis.rpc.approvals.list', '{}', { timeout: 2_000 });
  expect(reply.string()).toBe('first');
  await expect.poll(() => answers).toEqual([[expect.stringContaining('Permissions Violation for Publish')]]);
  // In one queue with those of other tests it would take some of their requests.
  await answering.drain();
});

test('what a service asks of itself comes once', async () => {
  const [one, other] = [await server.connect('approvals'), await server.connect('approvals')];
  let came = 0;
  one.subscribe('aegis.rpc.approvals.invite', {
    queue: 'approvals',
    callback: (_error, request) => {
      came++;
      request.respond('here');
    },
  });
  await one.flush();
  expect((await other.request('aegis.rpc.approvals.invite', '{}', { timeout: 2_000 })).string()).toBe('here');
  await other.flush();
  await one.close();
  expect(came).toBe(1);
});

test('a firewall in the path says to the enforcer that it lives, and to nobody else', async () => {
  const [mcp, enforcer, gateway] = [await as('mcp'), await as('enforcer'), await as('gateway')];
  const ask = () => enforcer.request('aegis.alive.one', '', { timeout: 2_000 });
  await expect(ask()).rejects.toThrow(/no responders/);
  mcp.subscribe('aegis.alive.one', { callback: (_error, request) => void request.respond() });
  await mcp.flush();
  expect((await ask()).data).toHaveLength(0);
  const listen = () => void gateway.subscribe('aegis.alive.*', { callback: () => undefined });
  expect(await refusals(gateway, listen)).toHaveLength(1);
});

test('the reader sees what is stored and nothing that was refused', async () => {
  const [reader, approvals] = [await as('reader'), await as('approvals')];
  const seen: string[] = [];
  reader.subscribe('aegis.events.>', {
    callback: (_error, message) => void seen.push(`${message.subject} ${message.string()}`),
  });
  await reader.flush();
  const js = jetstream(approvals);
  const expect0 = { expect: { lastSubjectSequence: 0 } };
  await js.publish('aegis.log.approval.seen', 'stored', { ...expect0, msgID: 'seen-1' });
  await expect(
    js.publish('aegis.log.approval.seen', 'refused', { ...expect0, msgID: 'seen-2' }),
  ).rejects.toMatchObject({
    code: 10071,
  });
  await js.publish('aegis.log.decision.enforce.allowed', 'once', { msgID: 'seen-3' });
  expect(
    (await js.publish('aegis.log.decision.enforce.allowed', 'once', { msgID: 'seen-3' })).duplicate,
  ).toBe(true);
  await js.publish('aegis.log.approval.last', 'end', { msgID: 'seen-4' });
  await expect.poll(() => seen).toContain('aegis.events.approval.last end');
  expect(seen).toEqual([
    'aegis.events.approval.seen stored',
    'aegis.events.decision.enforce.allowed once',
    'aegis.events.approval.last end',
  ]);
});

test('advisory checks are republished as events of their own', async () => {
  const [reader, policy] = [await as('reader'), await as('policy')];
  const seen: string[] = [];
  reader.subscribe('aegis.events.decision.check.>', {
    callback: (_error, message) => void seen.push(message.subject),
  });
  await reader.flush();
  policy.publish('aegis.checks.blocked', '{}');
  await expect.poll(() => seen).toEqual(['aegis.events.decision.check.blocked']);
});

const FOLLOWED: [Identity, string | undefined][] = [
  ['policy', 'aegis.log.policy'],
  ['mcp', 'aegis.log.policy'],
  ['mcp', 'aegis.log.tool.>'],
  ['enforcer', 'aegis.log.decision.enforce.allowed'],
  ['enforcer', 'aegis.log.call.*'],
  ['approvals', 'aegis.log.approval.>'],
  ['approvals', 'aegis.log.tool.>'],
  ['approvals', 'aegis.log.grant.*'],
  ['approvals', 'aegis.log.policy'],
  ['gateway', 'aegis.log.approval.>'],
  ['gateway', 'aegis.log.decision.>'],
  ['audit', undefined],
];

test.each(FOLLOWED)('%s follows %s by an ordered consumer', async (identity, filter) => {
  await jetstream(await as('policy')).publish('aegis.log.policy', '{}');
  await jetstream(await as('approvals')).publish('aegis.log.approval.f', '{}');
  await jetstream(await as('approvals')).publish('aegis.log.decision.enforce.allowed', '{}');
  await jetstream(await as('approvals')).publish('aegis.log.grant.f', '{}');
  await jetstream(await as('mcp')).publish('aegis.log.call.f', '{}');
  await jetstream(await as('mcp')).publish('aegis.log.tool.f', '{}');
  const js = jetstream(await as(identity));
  const before = violations.length;
  const consumer = await js.consumers.get('AEGIS', {
    opt_start_seq: 1,
    ...(filter && { filter_subjects: filter }),
  });
  const { num_pending: pending } = await consumer.info();
  expect(pending).toBeGreaterThan(0);
  const read: string[] = [];
  const messages = await consumer.consume();
  for await (const message of messages) {
    read.push(message.subject);
    if (read.length === pending) break;
  }
  await messages.close();
  await consumer.delete();
  const prefix = filter?.replace(/[*>]$/, '') ?? 'aegis.log.';
  expect(read.filter((subject) => !subject.startsWith(prefix))).toEqual([]);
  expect(violations.slice(before)).toEqual([]);
});

const READ_DIRECTLY: [Identity, string][] = [
  ['policy', 'aegis.log.policy'],
  ['approvals', 'aegis.log.approval.direct'],
  ['approvals', 'aegis.log.idempotency.direct'],
  ['approvals', 'aegis.log.grant.direct'],
  ['approvals', 'aegis.log.waiting.direct'],
  ['approvals', 'aegis.log.call.direct'],
  ['approvals', 'aegis.log.policy'],
  ['enforcer', 'aegis.log.idempotency.direct'],
  ['enforcer', 'aegis.log.call.direct'],
  ['mcp', 'aegis.log.call.direct'],
];

const WRITER_OF: Record<string, Identity> = { policy: 'policy', call: 'mcp' };

test.each(READ_DIRECTLY)('%s reads the last message of %s', async (identity, subject) => {
  await jetstream(await as(WRITER_OF[subject.split('.')[2] ?? ''] ?? 'approvals')).publish(subject, subject);
  const jsm = await jetstreamManager(await as(identity), { checkAPI: false });
  const message = await jsm.direct.getMessage('AEGIS', { last_by_subj: subject });
  expect(message?.string()).toBe(subject);
});

test('audit reads by sequence, to compare its file with the stream', async () => {
  const { seq } = await jetstream(await as('audit')).publish('aegis.log.audit', 'entry');
  const jsm = await jetstreamManager(await as('audit'), { checkAPI: false });
  expect((await jsm.direct.getMessage('AEGIS', { seq }))?.string()).toBe('entry');
  expect((await jsm.streams.info('AEGIS')).state.last_seq).toBeGreaterThanOrEqual(seq);
});

test('approvals commits an approval and the decision that it allows as one', async () => {
  const js = jetstream(await as('approvals'));
  const options = { msgID: 'batch-1', expect: { lastSubjectSequence: 0 } };
  const batch = await js.startBatch('aegis.log.approval.batch', 'consumed', options);
  const { seq } = await batch.commit('aegis.log.decision.enforce.allowed', 'allowed');
  const again = await js.startBatch('aegis.log.approval.batch', 'consumed', { ...options, msgID: 'batch-2' });
  await expect(again.commit('aegis.log.decision.enforce.allowed', 'never')).rejects.toThrow();
  const jsm = await jetstreamManager(await as('audit'), { checkAPI: false });
  expect((await jsm.direct.getMessage('AEGIS', { seq }))?.string()).toBe('allowed');
  expect((await jsm.direct.getMessage('AEGIS', { seq: seq - 1 }))?.string()).toBe('consumed');
  expect((await jsm.streams.info('AEGIS')).state.last_seq).toBe(seq);
});

test('the notifier puts a notice in line for a webhook, takes it out, and reads what became of it', async () => {
  const nc = await as('notifier');
  const [js, jsm] = [jetstream(nc), await jetstreamManager(nc, { checkAPI: false })];
  await jsm.consumers.add('AEGIS_DELIVERIES', {
    durable_name: 'w1',
    filter_subject: 'aegis.deliveries.w1',
    ack_policy: 'explicit',
  });
  await js.publish('aegis.deliveries.w1', 'notice', { msgID: 'notice-1' });
  const message = await (await js.consumers.get('AEGIS_DELIVERIES', 'w1')).next({ expires: 5_000 });
  expect(message?.string()).toBe('notice');
  expect(await message?.ackAck({ timeout: 2_000 })).toBe(true);
  await jsm.consumers.delete('AEGIS_DELIVERIES', 'w1');
  await js.publish('aegis.delivered.w1', 'delivered');
  const read = await jsm.direct.getBatch('AEGIS_DELIVERED', { seq: 1, next_by_subj: 'aegis.delivered.w1' });
  for await (const one of read) expect(one.string()).toBe('delivered');
});

test('the notifier takes its notices off the log', async () => {
  const js = jetstream(await as('notifier'));
  await jetstream(await as('approvals')).publish('aegis.log.approval.noticed', 'noticed');
  const consumer = await js.consumers.get('AEGIS', 'notices');
  const seen: string[] = [];
  for await (const message of await consumer.fetch({ max_messages: 100, expires: 2_000 })) {
    seen.push(message.subject);
    expect(await message.ackAck({ timeout: 2_000 })).toBe(true);
    if (message.subject === 'aegis.log.approval.noticed') break;
  }
  expect(seen).toContain('aegis.log.approval.noticed');
});
