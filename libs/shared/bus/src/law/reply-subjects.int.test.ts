import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IDENTITIES, type Identity } from './identities.ts';
import { permissionsOf } from './permissions.ts';
import { STREAMS } from './streams.ts';

const IDENTITIES_BUT_ADMIN = IDENTITIES.filter((identity) => identity !== 'admin');
/** Where no request may have an answer come: the log, its API, questions, and inboxes of others. */
const TARGETS = [
  'aegis.log.policy',
  'aegis.log.approval.x',
  'aegis.log.audit',
  'aegis.log.grant.x',
  'aegis.log.idempotency.x',
  'aegis.log.tool.x.accepted',
  'aegis.log.mine',
  'aegis.timers.fire.x',
  'aegis.deliveries.x',
  'aegis.delivered.x',
  'aegis.checks.blocked',
  'aegis.events.approval.x',
  'aegis.rpc.approvals.decide',
  'aegis.rpc.policy.check',
  '$JS.API.STREAM.PURGE.AEGIS_TIMERS',
  '$JS.API.STREAM.DELETE.AEGIS',
  '$JS.API.CONSUMER.DELETE.AEGIS.notices',
  '$JS.API.CONSUMER.MSG.NEXT.AEGIS.notices',
  '$JS.ACK.AEGIS.notices.1.1.1.1.0',
  '_INBOX_gateway.x',
  '_INBOX_approvals.x',
];
const PARKED = JSON.stringify({ forged: true });

let server: TestNatsServer;
let admin: NatsConnection;
const heard: string[] = [];

/** The last sequence of each stream by its subjects, and how many messages each has. */
async function stored(): Promise<Record<string, Record<string, number>>> {
  const jsm = await jetstreamManager(admin, { checkAPI: false });
  const infos = STREAMS.map(({ name }) => jsm.streams.info(name, { subjects_filter: '>' }));
  return Object.fromEntries(
    (await Promise.all(infos)).map(({ config, state }) => [config.name, state.subjects ?? {}]),
  );
}

/** What is stored, once all that was sent before has been. */
async function settled(): Promise<Awaited<ReturnType<typeof stored>>> {
  for (let last = ''; ; ) {
    const now = await stored();
    if (JSON.stringify(now) === last) return now;
    last = JSON.stringify(now);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Each identity listens where it may, and notes who could speak to it. */
async function listen(identity: Identity): Promise<void> {
  const nc = await server.connect(identity);
  for (const subject of permissionsOf(identity).subscribe) {
    const [on = '', queue] = subject.split(' ');
    nc.subscribe(on, {
      ...(queue !== undefined && { queue }),
      callback: (_error, message) =>
        void heard.push(`${identity} ${on} ${message.reply ? 'asked' : 'told'} ${message.string()}`),
    });
  }
  await nc.flush();
}

beforeAll(async () => {
  server = await startNatsServer();
  admin = await server.connect('admin');
  for (const identity of IDENTITIES_BUT_ADMIN) await listen(identity);
});

afterAll(() => server.stop());

/** A subject of the pattern. */
const exact = (pattern: string): string => pattern.replaceAll('*', 'mine').replace(/>$/, 'mine');

const writes = (identity: Identity): string[] =>
  permissionsOf(identity).publish.filter((subject) => /^aegis\.(log|timers|checks|deliver)/.test(subject));

const asksJetStream = (identity: Identity): string[] =>
  permissionsOf(identity).publish.filter((subject) => subject.startsWith('$JS.'));

/** What the identity may read of what it wrote itself: subjects of which it may get the last message. */
const readable = (identity: Identity): string[] =>
  asksJetStream(identity).flatMap((subject) => subject.split('$JS.API.DIRECT.GET.AEGIS.')[1] ?? []);

const mayWrite = (identity: Identity, subject: string): boolean =>
  writes(identity).some((pattern) => {
    const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace(/>$/, '.+');
    return new RegExp(`^${source}$`).test(subject);
  });

/** What was stored meanwhile where this identity may not write. */
async function smuggled(identity: Identity, before: Awaited<ReturnType<typeof stored>>): Promise<string[]> {
  const after = await settled();
  return Object.entries(after).flatMap(([stream, counts]) =>
    Object.entries(counts)
      .filter(([subject, count]) => count !== before[stream]?.[subject] && !mayWrite(identity, subject))
      .map(([subject]) => subject),
  );
}

const config = (name: string, filter: string, target: string) => ({
  stream_name: 'AEGIS',
  action: 'create',
  config: {
    name,
    filter_subject: filter,
    deliver_subject: target,
    ack_policy: 'none',
    deliver_policy: 'all',
    mem_storage: true,
    inactive_threshold: 5_000_000_000,
  },
});

describe.each(IDENTITIES_BUT_ADMIN)('%s', (identity) => {
  /** Writes a message that would be believed, with headers that say it is something else. */
  async function park(nc: NatsConnection, target: string): Promise<void> {
    const h = headers();
    h.set('Nats-Sequence', '1');
    h.set('Nats-Subject', target);
    for (const subject of writes(identity)) nc.publish(exact(subject), PARKED, { headers: h });
    await nc.flush();
  }

  test('has no answer to anything that it may ask or write stored, or told to anybody else', async () => {
    const nc = await server.connect(identity);
    await park(nc, 'aegis.log.policy');
    const before = await settled();
    heard.length = 0;
    for (const reply of TARGETS.filter((target) => !mayWrite(identity, target))) {
      for (const subject of permissionsOf(identity).publish) {
        for (const body of ['', '{"seq":1}', '{"batch":5,"no_wait":true}', PARKED]) {
          nc.publish(exact(subject), body, { reply });
        }
      }
    }
    await nc.flush();
    expect(await smuggled(identity, before)).toEqual([]);
    // Questions that it may ask come with a reply subject of the server's making, or from JetStream with none at all.
    const inboxes = heard.filter((line) => line.includes(' _INBOX_') && !line.startsWith(`${identity} `));
    expect(inboxes).toEqual([]);
    const purged = await (await jetstreamManager(admin, { checkAPI: false })).consumers.info(
      'AEGIS',
      'notices',
    );
    expect(purged.name).toBe('notices');
  });

  test.skipIf(readable(identity).length === 0)(
    'has no consumer deliver where it may not write itself',
    async () => {
      const nc = await server.connect(identity);
      const before = await settled();
      heard.length = 0;
      for (const [index, target] of TARGETS.entries()) {
        for (const [at, filter] of readable(identity).entries()) {
          const name = `push-${identity}-${index}-${at}`;
          const body = config(name, filter, target);
          const to = asksJetStream(identity).includes('$JS.API.CONSUMER.CREATE.AEGIS.*')
            ? name
            : `${name}.${filter}`;
          nc.publish(`$JS.API.CONSUMER.CREATE.AEGIS.${to}`, JSON.stringify(body), {
            reply: `_INBOX_${identity}.x`,
          });
        }
        await park(nc, target);
      }
      expect(await smuggled(identity, before)).toEqual([]);
      expect(
        heard.filter((line) => !line.startsWith(`${identity} `) && !line.includes('aegis.events')),
      ).toEqual([]);
    },
  );
});
