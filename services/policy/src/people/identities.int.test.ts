import { createEvent } from '@aegis/contracts/create-event';
import {
  identityIdFor,
  policyIdentities,
  policyIdentityCreate,
  policyIdentityRemove,
  policyIdentityRevoke,
  policyIdentityRoles,
  policyIdentityRotate,
} from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identityRoutes } from './identities.ts';
import { createIdentityLog } from './identity-log.ts';

const by = 'os-user:ada';
const now = () => new Date();
const soon = () => ({ deadlineMs: Date.now() + 10_000 });
let keys = 0;
const newKey = () => ({ digest: `sha256:${String(keys++).padStart(64, '0')}` });

let server: TestNatsServer;
let admin: TestBus;
/** Two replicas of the policy service, any of which may be asked. */
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  admin = await connectTestBus(server, 'policy');
  for (let i = 0; i < 2; i++) {
    const bus = await connectTestBus(server, 'policy');
    const replica = createIdentityReplica(bus, { now });
    await replica.start();
    const responder = await bus.respond(
      identityRoutes({
        identities: createIdentityLog({ bus, replica, now }),
        replica,
        damage: () => Promise.resolve(undefined),
        now,
      }),
    );
    stops.push(async () => {
      await responder.drain();
      await replica.stop();
      await bus.close();
    });
  }
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await admin.close();
  await server.stop();
});

const create = (name: string, roles = ['agent']) =>
  admin.ask(policyIdentityCreate, { name, kind: 'agent', roles, key: newKey(), by }, soon());
const rotate = (name: string, overlap_ms: number) =>
  admin.ask(policyIdentityRotate, { name, key: newKey(), overlap_ms, by }, soon());
const all = () => admin.ask(policyIdentities, {}, soon());
const settledCodes = (results: PromiseSettledResult<unknown>[]): unknown[] =>
  results
    .map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { code: string }).code))
    .toSorted();

it('nobody is asked for a name before the first agent has a key; then everybody is, on every replica', async () => {
  expect(await all()).toEqual({ identities: [], asked: false });
  await create('ci');
  for (let i = 0; i < 4; i++) {
    expect(await all()).toMatchObject({ identities: [{ name: 'ci', roles: ['agent'] }], asked: true });
  }
});

it('of two admins at once who choose names that look alike one has it, the other is told', async () => {
  const results = await Promise.allSettled(['ware', 'Ware', 'vvare', 'WARE'].map((name) => create(name)));
  expect(settledCodes(results)).toEqual(['done', 'name_taken', 'name_taken', 'name_taken']);
  const { identities } = await all();
  expect(identities.filter(({ name }) => identityIdFor(name) === identityIdFor('ware'))).toHaveLength(1);
});

it('of keys that several admins make at once none is lost', async () => {
  await create('busy');
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => rotate('busy', 60_000)));
  expect(settledCodes(results)).toEqual(Array.from({ length: 5 }, () => 'done'));
  const found = (await all()).identities.find(({ name }) => name === 'busy');
  expect(found?.keys).toHaveLength(6);
});

it('of two admins who take each other’s right at once one stays, on whichever replica they are asked', async () => {
  const person = { kind: 'person' as const, roles: ['admin'], by };
  const drop = (name: string) =>
    admin.ask(policyIdentityRoles, { name, add: [], drop: ['admin'], by }, soon());
  const take = [
    drop,
    (name: string) => admin.ask(policyIdentityRemove, { name, by }, soon()),
    (name: string) => admin.ask(policyIdentityRevoke, { name, by }, soon()),
  ];
  for (const [i, takeAway] of take.entries()) {
    const names = [`ada${i}`, `eve${i}`, `cyd${i}`];
    for (const name of names)
      await admin.ask(policyIdentityCreate, { ...person, name, key: newKey() }, soon());
    const before = (await all()).identities.filter(({ roles }) => roles.includes('admin'));
    const results = await Promise.allSettled(before.map(({ name }) => takeAway(name)));
    expect(settledCodes(results).filter((code) => code === 'last_admin')).toHaveLength(1);
    const { identities } = await all();
    const left = identities.filter(
      ({ roles, keys: [key] }) => roles.includes('admin') && key?.revoked_at === undefined,
    );
    expect(left).toHaveLength(1);
  }
});

it('who was removed is in no list, has no key, and is still on record', async () => {
  await create('gone');
  await admin.ask(policyIdentityRemove, { name: 'gone', by }, soon());
  const { identities, asked } = await all();
  expect([identities.some(({ name }) => name === 'gone'), asked]).toEqual([false, true]);
  await expect(rotate('gone', 0)).rejects.toMatchObject({ code: 'identity_not_found' });
  const last = await admin.read.last(identityLog(identityIdFor('gone')), soon().deadlineMs);
  expect(last?.event).toMatchObject({ type: 'aegis.identity.removed.v1', data: { by } });
});

it('what is on record of a name and can not be read is not written over, and the way to mend it is said', async () => {
  const subject = identityLog(identityIdFor('torn'));
  const data = { action: 'a', principal: 'p', via: 'rest' } as const;
  const event = createEvent({
    type: 'aegis.audit.written.v1',
    source: 'x',
    time: new Date().toISOString(),
    data,
  });
  const { seq } = await admin.append.one({ subject, event }, soon().deadlineMs);
  await expect(create('torn')).rejects.toMatchObject({
    code: 'identities_unavailable',
    message: expect.stringContaining(`aegis broker mend ${subject}`) as string,
  });
  expect((await admin.read.last(subject, soon().deadlineMs))?.seq).toBe(seq);
});

it.each(['gateway', 'mcp', 'approvals', 'enforcer'] as const)(
  'no other part of the firewall says who is who: %s',
  async (identity) => {
    const other = await connectTestBus(server, identity);
    const at = new Date().toISOString();
    const name = `made-by-${identity}`;
    const stored = {
      identity_id: identityIdFor(name),
      name,
      kind: 'agent' as const,
      roles: ['agent'],
      keys: [],
      created_at: at,
    };
    const data = { identity: stored, by };
    const event = createEvent({ type: 'aegis.identity.created.v1', source: 'x', time: at, data });
    const subject = identityLog(stored.identity_id);
    await other.append.one({ subject, event }, Date.now() + 500).catch(() => undefined);
    await other
      .ask(
        policyIdentityCreate,
        { name, kind: 'agent', roles: ['agent'], key: newKey(), by },
        { deadlineMs: Date.now() + 500 },
      )
      .catch(() => undefined);
    await other.close();
    expect(await admin.read.last(subject, soon().deadlineMs)).toBeUndefined();
  },
);
