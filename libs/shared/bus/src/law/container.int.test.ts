import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvent } from '@aegis/contracts/create-event';
import { AUDIT_LOG, POLICY_LOG } from '@aegis/contracts/subjects';
import { connectTestBus } from '@aegis/testkit/bus';
import { dockerProblem } from '@aegis/testkit/docker';
import { jetstreamManager } from '@nats-io/jetstream';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAs } from './connect-as.ts';
import { ensureIdentities, seedFile } from './identities.ts';
import { natsConf } from './nats-conf.ts';
import { provisionAt } from './provision.ts';
import { STREAMS } from './streams.ts';

const NATS_PORT = 4222;
/** Where its own cleaning container is not at hand, testcontainers starts none with this. */
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';

const within = (ms: number): number => Date.now() + ms;
const problem = await dockerProblem();

describe.skipIf(problem !== undefined)(`NATS in a container ${problem ?? ''}`.trim(), () => {
  let folder: string;
  let container: StartedTestContainer;
  const keysDir = () => join(folder, 'keys');
  const address = () => ({
    url: `nats://${container.getHost()}:${container.getMappedPort(NATS_PORT)}`,
    keysDir: keysDir(),
  });

  const admin = () => ({ url: address().url, seedPath: seedFile(keysDir(), 'admin') });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aegis-container-'));
    const identities = await ensureIdentities(keysDir());
    const content = natsConf({ host: '0.0.0.0', port: NATS_PORT, storeDir: '/data', identities });
    container = await new GenericContainer('nats:2.15-alpine')
      .withCopyContentToContainer([{ content, target: '/etc/nats.conf' }])
      .withCommand(['--config', '/etc/nats.conf'])
      .withExposedPorts(NATS_PORT)
      .withWaitStrategy(Wait.forLogMessage('Server is ready'))
      .start();
    await provisionAt(admin());
  });
  afterAll(async () => {
    await container?.stop({ remove: true, removeVolumes: true });
    await rm(folder, { recursive: true, force: true });
  });

  test('takes our configuration and our streams, and provisioning again finds nothing to change', async () => {
    await provisionAt(admin());
    const nc = await connectAs('admin', address());
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    for (const { name } of STREAMS) expect((await jsm.streams.info(name)).config.name).toBe(name);
    await nc.close();
  });

  test('keeps what audit writes on its own subject, and nothing that it writes elsewhere', async () => {
    const bus = await connectTestBus(address(), 'audit');
    const event = createEvent({
      type: 'aegis.audit.written.v1',
      source: 'audit',
      time: new Date().toISOString(),
      data: { action: 'tried', ok: true, principal: 'anonymous', via: 'cli' },
    });
    await expect(bus.commit({ subject: POLICY_LOG, event }, within(500))).rejects.toThrow();
    expect(await bus.commit({ subject: AUDIT_LOG, event }, within(2_000))).toEqual({ seq: 1 });
    expect((await bus.read.at(1, within(2_000)))?.subject).toBe(AUDIT_LOG);
    expect(await bus.read.at(2, within(2_000))).toBeUndefined();
    await bus.close();
  });
});
