import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ANONYMOUS } from '@aegis/contracts/call';
import { createEvent } from '@aegis/contracts/create-event';
import { type Identity, type IdentityKey, identityIdFor } from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { keyDigest, makeIdentityKey } from '@aegis/kit/keys';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createIdentityReplica, type IdentityReplica } from './replica.ts';

const SOON = { timeout: 10_000 };
const by = 'os-user:ada';

let server: TestNatsServer;
let writer: TestBus;
beforeAll(async () => {
  server = await startNatsServer();
  writer = await connectTestBus(server, 'policy');
});
afterAll(async () => {
  await writer.close();
  await server.stop();
});

/** Puts on record who somebody is, as the policy service does. */
async function record(
  what: 'created' | 'key_added' | 'key_revoked' | 'removed',
  name: string,
  keys: readonly Partial<IdentityKey>[],
  more: Partial<Identity> = {},
): Promise<void> {
  const identity_id = identityIdFor(name);
  const at = new Date().toISOString();
  const stored = keys.map((key) => ({ digest: '', created_at: at, ...key }));
  const identity: Identity = {
    identity_id,
    name,
    kind: 'agent',
    roles: ['agent'],
    keys: stored,
    created_at: at,
    ...more,
  };
  const made = { source: 'policy', time: at, data: { identity, by } };
  const event = createEvent({ type: `aegis.identity.${what}.v1`, ...made });
  await writer.append.one({ subject: identityLog(identity_id), event }, Date.now() + 5_000);
}

async function replicaOf(
  identity: 'gateway' | 'mcp',
  at: { url: string; keysDir: string } = server,
  now: () => Date = () => new Date(),
) {
  const ended: string[] = [];
  const bus = await connectTestBus(at, identity);
  const replica = createIdentityReplica(bus, { now, ended: (principal) => ended.push(principal) });
  onTestFinished(async () => {
    await replica.stop();
    await bus.close();
  });
  await replica.start();
  return { replica, ended };
}

/** Whose key it is, or why it is nobody's. */
const says = (replica: IdentityReplica, key: string): Promise<string> =>
  replica.agentOf(key).catch((thrown: { code: string }) => thrown.code);

describe('a key', () => {
  it('is its owner’s everywhere, and nobody’s anywhere from when it is revoked', async () => {
    const key = makeIdentityKey();
    const digest = keyDigest(key);
    const both = await Promise.all([replicaOf('gateway'), replicaOf('mcp')]);
    const heard = () => Promise.all(both.map(({ replica }) => says(replica, key)));
    expect(await heard()).toEqual(['unauthorized', 'unauthorized']);
    await record('created', 'ci', [{ digest }]);
    await expect.poll(heard, SOON).toEqual(['key:ci', 'key:ci']);
    await record('key_revoked', 'ci', [{ digest, revoked_at: new Date().toISOString() }]);
    await expect.poll(heard, SOON).toEqual(['unauthorized', 'unauthorized']);
    await expect.poll(() => both.map(({ ended }) => ended.includes('key:ci')), SOON).toEqual([true, true]);
  });

  it('ends by the clock, and who uses it is told of', async () => {
    const key = makeIdentityKey();
    let at = new Date();
    const expires_at = new Date(at.getTime() + 60_000).toISOString();
    await record('created', 'nightly', [{ digest: keyDigest(key), expires_at }]);
    const { replica, ended } = await replicaOf('gateway', server, () => at);
    expect([await says(replica, key), replica.isAgent('key:nightly')]).toEqual(['key:nightly', true]);
    await expect.poll(() => ended, SOON).toContain(ANONYMOUS);
    at = new Date(expires_at);
    await expect(replica.agentOf(key)).rejects.toThrow('The key has expired');
    expect(replica.isAgent('key:nightly')).toBe(false);
    await expect.poll(() => ended, SOON).toContain('key:nightly');
  });

  it('that was cut, or that no role of an agent stands behind, is told as such', async () => {
    const key = makeIdentityKey();
    await record('created', 'reader', [{ digest: keyDigest(key) }], { roles: ['auditor'] });
    const { replica } = await replicaOf('gateway');
    await expect(replica.agentOf(key.slice(0, -3))).rejects.toThrow('it was cut or mistyped');
    await expect(replica.agentOf(key)).rejects.toThrow("The key is no agent's");
    await expect(replica.agentOf(makeIdentityKey())).rejects.toThrow('The key is not known here');
    await expect(replica.holderOf(makeIdentityKey())).rejects.toThrow('The key is not known here');
    const reader = {
      name: 'reader',
      kind: 'agent',
      roles: ['auditor'],
      rule_roles: [],
      principal: 'key:reader',
    };
    expect(await replica.holderOf(key)).toEqual(reader);
  });

  it('of somebody whose last event can not be read is nobody’s', async () => {
    const key = makeIdentityKey();
    await record('created', 'odd', [{ digest: keyDigest(key) }]);
    const { replica } = await replicaOf('mcp');
    const subject = identityLog(identityIdFor('odd'));
    const time = new Date().toISOString();
    const event = createEvent({
      type: 'aegis.audit.written.v1',
      source: 'test',
      time,
      data: { action: 'a', principal: 'p', via: 'rest' },
    });
    await writer.append.one({ subject, event }, Date.now() + 5_000);
    await expect.poll(() => says(replica, key), SOON).toBe('identities_unavailable');
    expect(replica.problem).toContain(subject);
  });
});

/** A way to the server that can stop to carry anything, without an end. */
async function stallableServer() {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const way = createServer((near) => {
    const far = connect(server.port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.on('data', (chunk) => void to.write(chunk));
      if (isStalled) from.pause();
    }
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  const stall = (on: boolean): void => {
    isStalled = on;
    for (const socket of sockets) {
      if (on) socket.pause();
      else socket.resume();
    }
  };
  onTestFinished(() => {
    way.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = way.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${port}`, keysDir: server.keysDir, stall };
}

describe('who can not know whether a right was taken away', () => {
  it('lets nobody in while the bus says nothing, though the connection stands, and goes on by what happened', async () => {
    const [key, other] = [makeIdentityKey(), makeIdentityKey()];
    await record('created', 'kept', [{ digest: keyDigest(key) }]);
    await record('created', 'leaver', [{ digest: keyDigest(other) }]);
    const way = await stallableServer();
    const { replica } = await replicaOf('gateway', way);
    expect(await says(replica, other)).toBe('key:leaver');
    expect(replica.wasAsked).toBe(true);
    way.stall(true);
    await record('removed', 'leaver', [{ digest: keyDigest(other) }], {
      removed_at: new Date().toISOString(),
    });
    await expect.poll(() => says(replica, other), SOON).toBe('identities_unavailable');
    expect(await says(replica, key)).toBe('identities_unavailable');
    await expect(replica.isAsked()).rejects.toThrow('So nobody is let in');
    way.stall(false);
    await expect.poll(() => says(replica, key), SOON).toBe('key:kept');
    expect(await says(replica, other)).toBe('unauthorized');
  });

  it('lets nobody in while the bus is away, and knows everybody when it is back', async () => {
    const key = makeIdentityKey();
    await record('created', 'steady', [{ digest: keyDigest(key) }]);
    const { replica } = await replicaOf('mcp');
    expect(await says(replica, key)).toBe('key:steady');
    await server.kill();
    await expect.poll(() => says(replica, key), SOON).toBe('identities_unavailable');
    await server.restart();
    await expect.poll(() => says(replica, key), { timeout: 20_000 }).toBe('key:steady');
  });
});

it('once there is an agent, who comes without a name is told of, and a new replica knows it from the start', async () => {
  const { replica, ended } = await replicaOf('gateway');
  expect(await replica.isAsked()).toBe(true);
  await expect.poll(() => ended, SOON).toContain(ANONYMOUS);
});

it('who never knew anything asks everybody for a name', async () => {
  const bus = await connectTestBus(server, 'mcp');
  onTestFinished(() => bus.close());
  expect(createIdentityReplica(bus, { now: () => new Date() }).wasAsked).toBe(true);
});
