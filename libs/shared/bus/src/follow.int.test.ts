import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITIES_LOG, POLICY_LOG } from '@aegis/contracts/subjects';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const MINE = 'aegis.log.tool.mine';
const within = (ms: number): number => Date.now() + ms;

let server: TestNatsServer;
let mcp: TestBus;
let policy: TestBus;
let thief: NatsConnection;
/** What comes into the inboxes of the identity whose key was taken: all that the thief sees. */
const seen: { subject: string; reply: string }[] = [];
beforeAll(async () => {
  server = await startNatsServer();
  mcp = await connectTestBus(server, 'mcp');
  policy = await connectTestBus(server, 'policy');
  thief = await server.connect('mcp');
  thief.subscribe('_INBOX_mcp.>', {
    callback: (_error, { subject, reply = '' }: Msg) => void seen.push({ subject, reply }),
  });
  await thief.flush();
});
afterAll(async () => {
  await Promise.all([mcp, policy].map((bus) => bus.close()));
  await server.stop();
});

let ids = 0;
const event = (type: string) => ({
  specversion: '1.0' as const,
  id: `follow-${ids++}`,
  source: 'aegis/test',
  type,
  time: new Date().toISOString(),
  datacontenttype: 'application/json' as const,
  data: {},
});
const store = (bus: TestBus, subject: string) =>
  bus.append.one({ subject, event: event('aegis.test.happened.v1') }, within(2_000));

const namesSeen = (): string[] =>
  seen.flatMap(({ reply }) => /^\$JS\.ACK\.AEGIS\.([^.]+)/.exec(reply)?.[1] ?? []);

/** A replica of the policy's events, and the name of its reader as the thief sees it. */
async function replicaAndReader() {
  const known = namesSeen();
  seen.length = 0;
  const applied: number[] = [];
  const replica = mcp.replica({ filter: POLICY_LOG, apply: ({ seq }) => void applied.push(seq) });
  onTestFinished(() => replica.stop());
  await replica.start();
  const first = await store(policy, POLICY_LOG);
  await expect.poll(() => applied.at(-1)).toBe(first.seq);
  const name = () => namesSeen().find((reader) => !known.includes(reader));
  await expect.poll(name).toBeDefined();
  return { replica, applied, name: name() ?? '' };
}

/** Pulls the next event away from a reader: gives its sequence. */
async function steal(name: string): Promise<number> {
  let stolen = false;
  thief.subscribe('_INBOX_mcp.stolen', { callback: (_error, { data }) => void (stolen ||= data.length > 0) });
  const pull = JSON.stringify({ batch: 1, expires: 60_000_000_000 });
  thief.publish(`$JS.API.CONSUMER.MSG.NEXT.AEGIS.${name}`, pull, { reply: '_INBOX_mcp.stolen' });
  await thief.flush();
  for (;;) {
    const { seq } = await store(policy, POLICY_LOG);
    // Another event would show the reader that one is missing.
    await sleep(100);
    if (stolen) return seq;
  }
}

const ask = (subject: string, body: unknown) =>
  thief.request(subject, JSON.stringify(body), { timeout: 2_000 });

/** How many messages JetStream delivered from a consumer. */
const delivered = async (name: string): Promise<number> =>
  (await ask(`$JS.API.CONSUMER.INFO.AEGIS.${name}`, {})).json<{ delivered: { consumer_seq: number } }>()
    .delivered.consumer_seq;

/** Where a reader is: its heartbeats say it. */
const inbox = () =>
  seen.map(({ subject }) => subject).findLast((subject) => /^_INBOX_mcp\..+\.1$/.test(subject));

test('a reader goes past no event that was pulled away, where another message comes in its place', async () => {
  const { replica, applied, name } = await replicaAndReader();
  await expect.poll(inbox, { timeout: 5_000 }).toBeDefined();
  const stolen = await steal(name);
  const number = await delivered(name);
  for (let i = 0; i < number; i++) await store(mcp, MINE);
  const config = {
    name: 'own',
    filter_subject: MINE,
    deliver_policy: 'all',
    ack_policy: 'none',
    mem_storage: true,
  };
  await ask(`$JS.API.CONSUMER.CREATE.AEGIS.own.${MINE}`, { stream_name: 'AEGIS', action: 'create', config });
  for (const [batch, reply] of [
    [number - 1, '_INBOX_mcp.own'],
    [1, inbox() ?? ''],
  ] as const) {
    thief.publish('$JS.API.CONSUMER.MSG.NEXT.AEGIS.own', JSON.stringify({ batch, no_wait: true }), { reply });
    await thief.flush();
  }
  await expect.poll(() => delivered('own')).toBe(number);
  expect(await replica.applied(stolen, within(10_000))).toBe(true);
  expect(applied).toContain(stolen);
}, 20_000);

test('an event that was pulled away is read anew: the reader is not behind for ever', async () => {
  const { replica, applied, name } = await replicaAndReader();
  const stolen = await steal(name);
  await expect.poll(() => applied, { timeout: 15_000 }).toContain(stolen);
  await expect.poll(() => replica.isCurrent(), { timeout: 5_000 }).toBe(true);
  expect(applied).toEqual([...new Set(applied)].toSorted((a, b) => a - b));
}, 30_000);

test('the name of a reader says nothing of another one, nor does an inbox', async () => {
  const jsm = await jetstreamManager(await server.connect('admin'), { checkAPI: false });
  const followers = await Promise.all(
    [mcp, policy].map((bus) => bus.follow({ filter: POLICY_LOG, fromSeq: 1, apply: () => undefined })),
  );
  onTestFinished(() => Promise.all(followers.map((follower) => follower.stop())).then(() => undefined));
  const names = (await Array.fromAsync(jsm.consumers.list('AEGIS'))).map(({ name }) => name);
  // A reader that was opened anew has the next number, as one of a test before may have been.
  const readers = [
    ...new Set(
      names.filter((name) => name !== 'notices' && name !== 'own').map((name) => name.replace(/_\d+$/, '')),
    ),
  ];
  expect(readers.length).toBeGreaterThanOrEqual(2);
  const starts = [...readers, ...seen.map(({ subject }) => subject.slice('_INBOX_mcp.'.length))].map((one) =>
    one.slice(0, 12),
  );
  for (const name of readers) {
    expect(name).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(starts.filter((start) => name.startsWith(start))).toHaveLength(1);
  }
});

test('a reader that is stopped while it opens anew, as after a loss of the bus, ends', async () => {
  // Nothing comes there, which would end it too.
  const filter = IDENTITIES_LOG;
  for (let turns = 0; turns < 4; turns++) {
    const follower = await mcp.follow({ filter, fromSeq: 1, apply: () => undefined });
    follower.reopen();
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    expect(await Promise.race([follower.stop(), sleep(5_000, 'still waits')])).toBeUndefined();
  }
});
