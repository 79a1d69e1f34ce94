import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAs, ensureIdentities, natsConf, provisionAt, seedFile } from '@aegis/bus/law';
import { obtainNatsServer } from '@aegis/local-nats';
import { freePort } from '@aegis/testkit/free-port';
import { mountSmallDisk } from '@aegis/testkit/small-disk';
import { afterAll, describe, expect, it } from 'vitest';
import { natsHealthScript } from './nats-health.ts';

const disk = mountSmallDisk();
const name = disk ? 'a NATS server in a container' : 'skipped: no disk of its own can be mounted here';
const silent = { info: () => undefined, warn: () => undefined };
let folder: string;
let [port, httpPort] = [0, 0];
let server: ChildProcess;

/** Starts it with the streams, as the containers do. */
async function start(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'aegis-health-'));
  [port, httpPort] = [await freePort(), await freePort()];
  const identities = await ensureIdentities(folder);
  const conf = join(folder, 'nats.conf');
  await writeFile(
    conf,
    natsConf({ host: '127.0.0.1', port, httpPort, storeDir: disk?.folder ?? '', identities }),
  );
  await writeFile(join(folder, 'health.sh'), natsHealthScript(8222, '/data'));
  const { path: binary } = await obtainNatsServer(process.env, silent);
  server = spawn(binary, ['-c', conf], { stdio: 'ignore' });
  await expect.poll(health, { timeout: 20_000 }).toBe(0);
  await provisionAt({ url: `nats://127.0.0.1:${port}`, seedPath: seedFile(folder, 'admin') });
}
afterAll(async () => {
  server?.kill('SIGKILL');
  await disk?.unmount();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function health(): number | null {
  const args = [join(folder, 'health.sh'), String(httpPort), disk?.folder ?? '', String(server.pid)];
  return spawnSync('sh', args, { timeout: 10_000 }).status;
}

describe.skipIf(!disk)(name, () => {
  it('that could not write is unhealthy, and is ended once there is room, so that it is started anew', async () => {
    await start();
    await disk?.fill();
    const nc = await connectAs('audit', { url: `nats://127.0.0.1:${port}`, keysDir: folder });
    nc.publish('aegis.log.audit', 'x'.repeat(10_000));
    await expect.poll(health).toBe(1);
    await nc.close();
    expect([server.exitCode, server.signalCode]).toEqual([null, null]);
    const ended = once(server, 'exit');
    await disk?.empty();
    expect(health()).toBe(1);
    await ended;
    expect(health()).toBe(1);
  });
});
