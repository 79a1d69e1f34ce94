import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { connectAs, IDENTITIES } from '@aegis/bus/law';
import { obtainNatsServer } from '@aegis/local-nats';
import { startNatsServer } from '@aegis/testkit/nats-server';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../run.ts';
import { fakeHost } from '../../testkit/fake-host.ts';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function broker(args: readonly string[], env: Record<string, string> = {}) {
  const host = fakeHost({ env });
  await run(host, ['broker', ...args]);
  return host;
}

async function startServer(conf: string): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined };
  const { path } = await obtainNatsServer(process.env, silent);
  const child = spawn(path, ['-c', conf], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Server is ready')) resolve();
    });
  });
}

test('what configure writes starts a server that provision then makes ready, twice if need be', async () => {
  const dir = join(await temporaryDirectory(), 'nats');
  const port = String(await freePort());
  const configured = await broker(['configure', '--dir', dir, '--port', port, '--json']);
  expect(configured.exitCode).toBe(0);
  const { conf, keys_dir } = JSON.parse(configured.out()) as { conf: string; keys_dir: string };
  await startServer(conf);

  const env = { NATS_URL: `nats://127.0.0.1:${port}`, NATS_NKEY_FILE: join(keys_dir, 'admin.nk') };
  for (let time = 0; time < 2; time++) {
    const provisioned = await broker(['provision', '--json'], env);
    expect(provisioned.err()).toBe('');
    expect(JSON.parse(provisioned.out())).toEqual({
      ok: true,
      streams: ['AEGIS', 'AEGIS_CHECKS', 'AEGIS_TIMERS', 'AEGIS_DELIVERIES', 'AEGIS_DELIVERED'],
    });
    expect(provisioned.exitCode).toBe(0);
  }
  const reader = await connectAs('reader', { url: env.NATS_URL, keysDir: keys_dir });
  await reader.close();
});

test('configure keeps the keys that are there, readable by their owner only', async () => {
  const dir = await temporaryDirectory();
  await broker(['configure', '--dir', dir]);
  const keys = join(dir, 'keys');
  expect((await readdir(keys)).toSorted()).toEqual(IDENTITIES.map((name) => `${name}.nk`).toSorted());
  const before = await readFile(join(keys, 'admin.nk'), 'utf8');
  await broker(['configure', '--dir', dir]);
  expect(await readFile(join(keys, 'admin.nk'), 'utf8')).toBe(before);
  expect((await stat(keys)).mode & 0o777).toBe(0o700);
  expect((await stat(join(keys, 'admin.nk'))).mode & 0o777).toBe(0o600);
});

test('configure writes where to listen and where the data goes, and no seed into nats.conf', async () => {
  const dir = await temporaryDirectory();
  await broker([
    'configure',
    '--dir',
    dir,
    '--host',
    '0.0.0.0',
    '--store-dir',
    '/data',
    '--http-port',
    '8222',
  ]);
  const conf = await readFile(join(dir, 'nats.conf'), 'utf8');
  expect(conf).toContain('host: "0.0.0.0"\nport: 4222\nhttp: "0.0.0.0:8222"\n');
  expect(conf).toContain('store_dir: "/data"');
  expect(conf).not.toContain((await readFile(join(dir, 'keys', 'admin.nk'), 'utf8')).trim());
});

test('configure says how the streams of a version before the accounts come along, where there are any', async () => {
  const dir = await temporaryDirectory();
  expect((await broker(['configure', '--dir', dir])).out()).not.toContain('earlier version');
  await mkdir(join(dir, 'jetstream', '$G', 'streams', 'AEGIS'), { recursive: true });
  const host = await broker(['configure', '--dir', dir]);
  const script = join(dir, 'move-streams.sh');
  expect(host.out()).toContain(
    `this store is of an earlier version: stop its server, and run sh ${script} once\n`,
  );
  expect(await readFile(script, 'utf8')).toContain(join(dir, 'jetstream', 'AEGIS', 'streams', 'AEGIS'));
});

test('a directory that can not be made is one sentence, and no', async () => {
  const host = await broker(['configure', '--dir', '/dev/null/nats']);
  expect([host.exitCode, host.err()]).toEqual([
    1,
    "aegis: /dev/null/nats can't be written, because what stands above it is no folder: name another --dir.\n",
  ]);
});

test('provision without NATS_URL, configure without --dir and a port that is none are wrong usage', async () => {
  expect((await broker(['provision'])).exitCode).toBe(2);
  expect((await broker(['configure'])).exitCode).toBe(2);
  expect((await broker(['configure', '--dir', 'x', '--port', '70000'])).exitCode).toBe(2);
});

test('provision with the key of a service is refused: only the admin makes streams', async () => {
  const server = await startNatsServer({ provisioned: false });
  onTestFinished(() => server.stop());
  const env = { NATS_URL: server.url, NATS_NKEY_FILE: join(server.keysDir, 'gateway.nk') };
  const host = await broker(['provision'], env);
  expect(host.exitCode).toBe(1);
  expect(host.err()).toMatch(
    /^aegis: The server at \S+ did not do it .*: set NATS_NKEY_FILE to the admin key/,
  );
});
