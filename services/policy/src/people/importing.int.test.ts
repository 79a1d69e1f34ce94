import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FirstAdmin, policyFirstAdmin, policyIdentities } from '@aegis/contracts/identities';
import { importedLog } from '@aegis/contracts/subjects';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { connectTestBus, silentLog, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { identityRoutes } from './identities.ts';
import { createIdentityLog } from './identity-log.ts';
import { createImporting, type Importing } from './importing.ts';

const SOON = { timeout: 10_000 };
const soon = () => ({ deadlineMs: Date.now() + 10_000 });
const now = () => new Date();
const key = (n: number) => `sha256:${String(n).padStart(64, '0')}`;
const fileOf = (approvers: object): string => JSON.stringify({ approvers });
const ADA = fileOf({ ada: { key: key(1), roles: ['finance'] } });

let server: TestNatsServer;
let asker: TestBus;
let path: string;

beforeEach(async () => {
  server = await startNatsServer();
  asker = await connectTestBus(server, 'policy');
  path = join(await mkdtemp(join(tmpdir(), 'aegis-import-')), 'approvers.json');
});
afterEach(async () => {
  await asker.close();
  await server.stop();
  await rm(join(path, '..'), { recursive: true, force: true });
});

/** One start of policy, and its end. */
async function start(): Promise<{ importing: Importing; stop: () => Promise<void> }> {
  const bus = await connectTestBus(server, 'policy');
  const replica = createIdentityReplica(bus, { now });
  await replica.start();
  const identities = createIdentityLog({ bus, replica, now });
  const importing = createImporting({ file: 'approvers', path, identities, replica, now, log: silentLog });
  await importing.start();
  const damage = () => importing.damage();
  const responder = await bus.respond(identityRoutes({ identities, replica, damage, now }));
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      importing.stop();
      await responder.drain();
      await replica.stop();
      await bus.close();
    })());
  onTestFinished(stop);
  return { importing, stop };
}

const names = async (): Promise<string[]> =>
  (await asker.ask(policyIdentities, {}, soon())).identities.map(({ name }) => name);
const record = async () => (await asker.read.last(importedLog('approvers'), soon().deadlineMs))?.event?.data;

describe('a file of approvers', () => {
  it('is taken over once, on record, with who was not and why; what it says since changes nothing', async () => {
    const people = { ada: { key: key(1) }, Ada: { key: key(2) }, bob: { key: key(3), roles: ['admin'] } };
    await writeFile(path, fileOf(people));
    const first = await start();
    expect(await names()).toEqual(['ada', 'bob']);
    const done = { carried: ['ada', 'bob'], left: [{ name: 'Ada', because: expect.any(String) as string }] };
    expect(await record()).toMatchObject({ ...done, by: 'import:approvers.json', path });
    expect(first.importing.warnings).toEqual([expect.stringContaining('Ada of the approvers file')]);
    await writeFile(path, fileOf({ ...people, eve: { key: key(4) } }));
    await expect.poll(() => first.importing.warnings.join(), SOON).toContain('which changes nothing');
    expect(await names()).toEqual(['ada', 'bob']);
    await first.stop();
    await rm(path);
    const second = await start();
    expect([await names(), second.importing.problem, second.importing.warnings]).toEqual([
      ['ada', 'bob'],
      undefined,
      [],
    ]);
  });

  it('makes nobody of whom it names where it comes while policy runs, until the next start', async () => {
    const first = await start();
    await writeFile(path, ADA);
    await expect.poll(() => first.importing.warnings.join(), SOON).toContain('at the next start');
    await writeFile(path, fileOf({ eve: { key: key(2) } }));
    await first.importing.damage();
    expect([await names(), await record(), first.importing.problem]).toEqual([[], undefined, undefined]);
    await writeFile(path, ADA);
    await first.stop();
    const second = await start();
    expect([await names(), second.importing.warnings]).toEqual([['ada'], []]);
  });

  it('is taken over once by two replicas that start at the same time', async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`person-${i}x`, { key: key(i) }]));
    await writeFile(path, fileOf(many));
    await Promise.all([start(), start()]);
    expect(await names()).toHaveLength(20);
    expect(await record()).toMatchObject({ left: [] });
  });

  it('makes nobody an admin, and once there is one no link makes another', async () => {
    await writeFile(path, fileOf({ ada: { key: key(1), roles: ['admin'] } }));
    await start();
    const approvals = await connectTestBus(server, 'approvals');
    onTestFinished(() => approvals.close());
    const first = (asked: Partial<FirstAdmin>) =>
      approvals.ask(policyFirstAdmin, { by: 'os-user:me', ...asked }, soon());
    expect(await first({})).toEqual({});
    await expect(first({ name: 'Ada' })).rejects.toMatchObject({ code: 'name_taken' });
    const both = await Promise.all(
      ['cyd', 'dee'].map((name, i) => first({ name, key: { digest: key(10 + i) } })),
    );
    expect(both.filter(({ refused }) => refused === undefined)).toHaveLength(1);
    expect(await first({})).toEqual({ refused: expect.stringContaining('is an admin already') as string });
  });
});

it.each(BAD_FILES)(
  'nothing of a file is taken over that is $what, until it is mended and there is another start',
  async ({ put, problem }) => {
    await writeFile(path, ADA);
    await put(path);
    const { importing, stop } = await start();
    expect([await names(), await record()]).toEqual([[], undefined]);
    expect(importing.problem).toMatch(problem);
    const refused = await (async () => {
      const bus = await connectTestBus(server, 'approvals');
      onTestFinished(() => bus.close());
      return bus.ask(policyFirstAdmin, { by: 'os-user:me' }, soon());
    })();
    expect(refused.damage).toContain(path);
    await rm(path, { recursive: true, force: true });
    await writeFile(path, ADA);
    await expect.poll(() => importing.warnings.join(), SOON).toContain('is taken over at the next start');
    expect([importing.problem, await names(), await record()]).toEqual([undefined, [], undefined]);
    await stop();
    await start();
    expect(await names()).toEqual(['ada']);
  },
);
