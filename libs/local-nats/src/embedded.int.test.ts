import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectAs } from '@aegis/bus/law';
import { jetstream } from '@nats-io/jetstream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedBroker, startEmbeddedBroker } from './embedded.ts';
import { processInfo } from './process-info.ts';

const log = { info: () => undefined, warn: () => undefined };
const started: EmbeddedBroker[] = [];
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aegis-embedded-'));
});

afterEach(async () => {
  for (const broker of started.splice(0)) await broker.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(dir = dataDir, port = 0): Promise<EmbeddedBroker> {
  const broker = await startEmbeddedBroker({ dataDir: dir, port, log, env: process.env });
  started.push(broker);
  return broker;
}

const runs = async (pid: number): Promise<boolean> => (await processInfo(pid)) !== undefined;

async function inProcessOfItsOwn(prelude = ''): Promise<{ parent: ChildProcess; pid: number; url: string }> {
  const module = new URL('./embedded.ts', import.meta.url).href;
  const script = `${prelude}
    const { startEmbeddedBroker } = await import('${module}');
    const log = { info() {}, warn() {} };
    const { pid, url } = await startEmbeddedBroker({ dataDir: process.argv[1], port: 0, log, env: process.env });
    console.log(JSON.stringify({ pid, url }));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  return { parent, ...(JSON.parse(String(line)) as { pid: number; url: string }) };
}

async function killOwner({ parent }: { parent: ChildProcess }): Promise<void> {
  parent.kill('SIGKILL');
  await once(parent, 'exit');
}

test('what was stored is there after a stop and a new start', async () => {
  const first = await start();
  const audit = await connectAs('audit', first);
  await jetstream(audit).publish('aegis.log.audit', 'kept');
  await audit.close();
  await first.stop();
  expect(await runs(first.pid)).toBe(false);
  const second = await start();
  const again = await connectAs('audit', second);
  expect((await jetstream(again).publish('aegis.log.audit', 'next')).seq).toBe(2);
  await again.close();
});

test('a kill -9 of the parent leaves no server behind', async () => {
  const owner = await inProcessOfItsOwn();
  expect(await runs(owner.pid)).toBe(true);
  await killOwner(owner);
  await expect.poll(() => runs(owner.pid), { timeout: 5_000 }).toBe(false);
});

test('a server that was left behind all the same is ended by the next start', async () => {
  const withoutWatchdog = `
    const { syncBuiltinESMExports } = await import('node:module');
    const childProcess = (await import('node:child_process')).default;
    const { spawn } = childProcess;
    childProcess.spawn = (command, args, options) =>
      String(args[0]).endsWith('watchdog.ts') ? spawn('true', [], options) : spawn(command, args, { ...options, stdio: 'ignore' });
    syncBuiltinESMExports();`;
  const owner = await inProcessOfItsOwn(withoutWatchdog);
  await killOwner(owner);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await runs(owner.pid)).toBe(true);
  const broker = await start();
  expect(await runs(owner.pid)).toBe(false);
  expect(await runs(broker.pid)).toBe(true);
});

test('a second start on the same data directory says who has it, and harms nobody', async () => {
  const owner = await inProcessOfItsOwn();
  await expect(start()).rejects.toThrow(
    `AegisMCP already runs from the data directory ${dataDir} as process ${owner.parent.pid}, so its NATS port is taken: stop that one`,
  );
  expect(await runs(owner.pid)).toBe(true);
  await killOwner(owner);
  await expect.poll(() => runs(owner.pid), { timeout: 5_000 }).toBe(false);
});

test('a process that merely has the pid of an old server is left alone', async () => {
  const bystander = spawn('sleep', ['30'], { stdio: 'ignore' });
  const first = await start();
  await first.stop();
  await writeFile(join(dataDir, 'broker', 'nats.pid'), String(bystander.pid));
  await start();
  expect(await runs(bystander.pid ?? 0)).toBe(true);
  bystander.kill();
});

test('a port that is taken is named together with the variable that sets it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(start(dataDir, port)).rejects.toThrow(
    `Port ${port} for NATS is taken by another process: set AEGIS_NATS_PORT to another port, or to 0 for any free one.`,
  );
  other.close();
});

test('a data directory that can not be written is named together with the variable that sets it', async () => {
  await writeFile(join(dataDir, 'file'), '');
  await expect(start(join(dataDir, 'file', 'data'))).rejects.toThrow(
    /^The data directory .*file\/data can't be written, because what stands above it is no folder: make it writable for this user, or set AEGIS_DATA_DIR/,
  );
});

test('an accident of the server is noticed', async () => {
  const broker = await start();
  process.kill(broker.pid, 'SIGKILL');
  await broker.exited;
  expect(await runs(broker.pid)).toBe(false);
});
