import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { get } from '../testkit/rest.ts';
import { StackFailed, startStack } from '../testkit/stack.ts';

const MAIN = join(import.meta.dirname, '../../cli/src/main.ts');
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aegis-late-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const failure = (env: Record<string, string>) =>
  startStack({ dataDir, env }).then(
    () => ({ exitCode: 0, output: 'it started' }),
    ({ exitCode, output }: StackFailed) => ({ exitCode, output: output.trim() }),
  );
const natsRuns = async (): Promise<boolean> => {
  const pid = await readFile(join(dataDir, 'broker/nats.pid'), 'utf8').catch(() => '');
  try {
    return process.kill(Number(pid), 0) && pid !== '';
  } catch {
    return false;
  }
};

it('a start that fails after NATS is up says why, ends, and leaves nothing that the next one meets', async () => {
  expect(await failure({ SMTP_URL: 'smtp://mail.example:25' })).toEqual({
    exitCode: 1,
    output: 'aegis: SMTP_FROM: is needed beside SMTP_URL: the sender of e-mails',
  });
  expect(await natsRuns()).toBe(false);
  // The last thing that a start does.
  const blocked = join(dataDir, 'agent.sock');
  await mkdir(join(blocked, 'in-it'), { recursive: true });
  expect(await failure({})).toEqual({
    exitCode: 1,
    output: `aegis: AGENT_DIR: ${blocked} is in the way, and no socket: move it away.`,
  });
  expect(await natsRuns()).toBe(false);
  await rm(blocked, { recursive: true });
  const stack = await startStack({ dataDir });
  expect((await get(stack.url, '/health')).status).toBe(200);
  expect(await stack.end()).toBe(0);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends a start that waits, well and without another word',
  async (signal) => {
    // It takes connections and says nothing.
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const child = spawn(process.execPath, [MAIN, 'up'], {
      env: {
        ...process.env,
        AEGIS_DATA_DIR: dataDir,
        PORT: '0',
        MCP_PORT: '0',
        NATS_URL: `nats://127.0.0.1:${port}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text) => (said += String(text)));
    await once(silent, 'connection');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(said).toBe('Stopping.\n');
    silent.close();
  },
);
