import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { policyGet } from '@aegis/contracts/policy';
import type { AppError } from '@aegis/kit/errors';
import { connectTestBus } from '@aegis/testkit/bus';
import { freePort } from '@aegis/testkit/free-port';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { seedFile } from '../law/mod.ts';

const CHILD = fileURLToPath(new URL('./testkit/service-child.ts', import.meta.url));

let server: TestNatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

type Running = { child: ChildProcess; url: string; said: () => string; exit: Promise<number | null> };

/** Starts the service with these variables; everything else is as on a machine that has none set. */
async function start(env: Record<string, string> = {}): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [CHILD], {
    env: {
      PATH: process.env['PATH'],
      NATS_URL: server.url,
      NATS_NKEY_FILE: seedFile(server.keysDir, 'policy'),
      HEALTH_PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exit = once(child, 'exit').then(([code]: unknown[]) => code as number | null);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, url: `http://127.0.0.1:${port}`, said: () => stderr, exit };
}

const statusOf = (url: string): Promise<number | string> =>
  fetch(url).then(
    (reply) => reply.status,
    () => 'nobody there',
  );

async function startReady(env?: Record<string, string>): Promise<Running> {
  const running = await start(env);
  await expect.poll(() => statusOf(`${running.url}/healthz`), { timeout: 20_000 }).toBe(200);
  return running;
}

describe('a service as a process', () => {
  it('says how it is: alive, and ready where nothing is wrong', async () => {
    const { url } = await startReady();
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ok', problems: [] });
    expect(await statusOf(`${url}/other`)).toBe(404);
  });

  it('is alive and not ready while something is wrong, and says what', async () => {
    const { url } = await startReady({ PROBLEM: 'the disk is full' });
    const reply = await fetch(`${url}/readyz`);
    expect(reply.status).toBe(503);
    expect(await reply.json()).toEqual({ status: 'degraded', problems: ['the disk is full'] });
  });

  it('answers what it was asked before it was told to stop, takes nothing new, and ends well', async () => {
    const { child, url, exit } = await startReady({ ANSWER_AFTER_MS: '700' });
    const bus = await connectTestBus(server, 'gateway');
    onTestFinished(() => bus.close());
    const asked = bus.ask(policyGet, {}, { deadlineMs: Date.now() + 5_000 });
    await bus.flush();
    child.kill('SIGTERM');
    await expect.poll(() => statusOf(`${url}/healthz`)).toBe('nobody there');
    // What reaches the server before it hears of the stop is taken still.
    const asksOnce = () =>
      bus.ask(policyGet, {}, { deadlineMs: Date.now() + 2_000 }).then(
        () => 'answered',
        (error: unknown) => (error as AppError).code,
      );
    await expect.poll(asksOnce).toBe('policy_unavailable');
    expect((await asked).path).toBe('/policy.yml');
    expect(await exit).toBe(0);
  });

  it('ends within five seconds where its stop hangs, and says by its exit code that it was cut off', async () => {
    const { child, exit } = await startReady({ HANGS: 'yes' });
    const toldAt = Date.now();
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    expect(Date.now() - toldAt).toBeLessThan(7_000);
  });

  it('waits for a bus that is not there yet, and starts when it is', async () => {
    const late = await startNatsServer();
    onTestFinished(() => late.stop());
    await late.kill();
    const { url, said } = await start({
      NATS_URL: late.url,
      NATS_NKEY_FILE: seedFile(late.keysDir, 'policy'),
    });
    await expect.poll(said, { timeout: 10_000 }).toContain('waiting for the bus');
    expect(await statusOf(`${url}/healthz`)).toBe('nobody there');
    await late.restart();
    await expect.poll(() => statusOf(`${url}/healthz`), { timeout: 10_000 }).toBe(200);
  });

  it('does not start on a variable that makes no sense, and names it in one sentence', async () => {
    const { said, exit } = await start({ HEALTH_PORT: 'eighty' });
    expect(await exit).toBe(1);
    expect(said()).toBe('policy: HEALTH_PORT: expected a whole number from 0 to 65535\n');
  });
});
