import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enforce, get } from './testkit/rest.ts';
import { type Stack, StackFailed, type StackOptions, startStack } from './testkit/stack.ts';

let folder: string;
const stacks: Stack[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-up-'));
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack(options);
  stacks.push(stack);
  return stack;
}
/** What a start that must fail prints, and its exit code. */
async function failure(options: StackOptions): Promise<{ exitCode: number | null; output: string }> {
  try {
    await start(options);
  } catch (error) {
    if (error instanceof StackFailed) return { exitCode: error.exitCode, output: error.output.trim() };
    throw error;
  }
  throw new Error('it started');
}
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const natsPid = async (stack: Stack): Promise<number> =>
  Number(await readFile(join(stack.dataDir, 'broker/nats.pid'), 'utf8'));
const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

describe('aegis up', () => {
  it('says where everything is; where no code is set and no terminal shows one, it makes none', async () => {
    const stack = await start({ env: { APPROVAL_CODE: '' } });
    const output = stack.output();
    for (const part of [
      stack.url,
      stack.mcpUrl,
      stack.natsUrl,
      '/ui/approvals',
      '"mcpServers"',
      'policy.yml',
    ]) {
      expect(output).toContain(part);
    }
    expect(output).not.toMatch(/Code\s+[A-Za-z0-9_-]{22} /);
    expect(output).toContain('Nobody can approve yet: a person has to run "aegis approve-here"');
    expect(stack.output()).not.toContain('"level":50');
  });

  it('stops everything within five seconds and leaves nothing running', async () => {
    const stack = await start();
    const nats = await natsPid(stack);
    await enforce(stack.url, { tool: 'search.docs' });
    const before = Date.now();
    expect(await stack.end()).toBe(0);
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(isRunning(nats)).toBe(false);
    expect(await Promise.all([stack.url, stack.mcpUrl, stack.natsUrl].map(answers))).toEqual([
      false,
      false,
      false,
    ]);
    expect(await readdir(stack.dataDir)).not.toContain('stack.json');
    const lines = (await readFile(stack.auditPath, 'utf8')).trimEnd().split('\n');
    expect(lines.at(-1)).toContain('"status":"allowed"');
  });

  it('starts again after kill -9 on the same data and ports, and knows what was decided', async () => {
    const first = await start();
    const ports = { AEGIS_NATS_PORT: new URL(first.natsUrl).port, PORT: new URL(first.url).port };
    const { approval_id } = (
      await enforce(first.url, { tool: 'crm.export_users', meta: { dry_run_id: 'k' } })
    ).body;
    await first.kill();
    const second = await start({ dataDir: first.dataDir, env: ports });
    expect((await get(second.url, `/approvals/${approval_id}`)).body['status']).toBe('pending');
    expect((await enforce(second.url, { tool: 'search.docs' })).body.allowed).toBe(true);
  });

  it('mends a NATS server that dies under it, and denies meanwhile', async () => {
    const stack = await start();
    process.kill(await natsPid(stack), 'SIGKILL');
    await expect
      .poll(async () => (await enforce(stack.url, { tool: 'search.docs' })).body.allowed ?? false)
      .toBe(false);
    await expect
      .poll(async () => (await enforce(stack.url, { tool: 'search.docs' })).body.allowed, { timeout: 20_000 })
      .toBe(true);
    await expect.poll(async () => (await get(stack.url, '/health')).status, { timeout: 20_000 }).toBe(200);
  });

  it('says that a port is taken', async () => {
    const stack = await start();
    const { port } = new URL(stack.url);
    const taken = await failure({ env: { PORT: port } });
    expect(taken.exitCode).toBe(1);
    expect(taken.output).toBe(
      `aegis: PORT: port ${port} on 127.0.0.1 is taken, perhaps by an AegisMCP that already runs: stop what listens there, or set PORT to another port.`,
    );
    const nats = await failure({ env: { AEGIS_NATS_PORT: new URL(stack.natsUrl).port } });
    expect(nats).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(/^aegis: .*AEGIS_NATS_PORT/) as string,
    });
    const sameData = await failure({ dataDir: stack.dataDir });
    expect(sameData).toMatchObject({ exitCode: 1, output: expect.stringMatching(/already runs/) as string });
    expect((await get(stack.url, '/health')).status).toBe(200);
  });

  it('says what is wrong with a broken policy', async () => {
    const path = join(folder, 'broken.yml');
    await writeFile(path, 'version: 2\nrules:\n  - match: "*"\n    decision: maybe\n');
    const { exitCode, output } = await failure({ env: { POLICY_PATH: path } });
    expect(exitCode).toBe(1);
    expect(output).toBe(
      `aegis: POLICY_PATH: ${path} is not a policy: rules.0.decision: expected one of allow, review, deny. Mend it; "npx aegis policy validate ${path}" says what.`,
    );
  });

  it.each([
    [{ APPROVAL_CODE: 'abc' }, 'aegis: APPROVAL_CODE: use 6 or more characters, or "off" for none'],
    [
      { REQUEST_TIMEOUT_MS: '0' },
      'aegis: REQUEST_TIMEOUT_MS: expected milliseconds, a whole number from 1 to 31536000000 (a year)',
    ],
    [{ PORT: 'abc' }, 'aegis: PORT: expected a whole number from 0 to 65535'],
  ])('ends at once on a wrong setting and names it: %o', async (env, output) => {
    const before = Date.now();
    expect(await failure({ env })).toEqual({ exitCode: 1, output });
    expect(Date.now() - before).toBeLessThan(30_000);
  });

  it('says where there is no policy, because a person is asked about every call then', async () => {
    const stack = await start({ env: { POLICY_PATH: join(folder, 'nowhere.yml') } });
    expect(stack.output()).toContain(`There is no policy at ${join(folder, 'nowhere.yml')}`);
    const { body } = await enforce(stack.url, { tool: 'db.drop_table' });
    expect(body).toMatchObject({ allowed: false, status: 'pending' });
  });

  it('says that the data directory can not be used', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const { exitCode, output } = await failure({ dataDir: join(file, 'data') });
    expect(exitCode).toBe(1);
    expect(output).toMatch(
      /^aegis: The data directory .* can't be written, because what stands above it is no folder: .*AEGIS_DATA_DIR/,
    );
    expect(output.split('\n')).toHaveLength(1);
  });

  it('refuses an old NATS server of the user, with what to do', async () => {
    const port = await oldServer();
    const { exitCode, output } = await failure({ env: { NATS_URL: `nats://127.0.0.1:${port}` } });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^aegis: .*2\.9\.10.*2\.12/);
  });

  it('says that the NATS server of the user is not there', async () => {
    const { exitCode, output } = await failure({ env: { NATS_URL: 'nats://127.0.0.1:1' } });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^aegis: No connection to NATS at nats:\/\/127\.0\.0\.1:1/);
  });

  it('skips an old nats-server on PATH and uses a newer one', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'nats-server'), '#!/bin/sh\necho "nats-server: v2.9.10"\n');
    await chmod(join(bin, 'nats-server'), 0o755);
    const stack = await start({ env: { PATH: `${bin}:${process.env['PATH']}` } });
    expect((await get(stack.url, '/health')).status).toBe(200);
  });
});

/** Speaks just enough of the protocol to be taken for nats-server 2.9.10. */
async function oldServer(): Promise<number> {
  const info = JSON.stringify({
    server_id: 'old',
    version: '2.9.10',
    headers: true,
    max_payload: 1_048_576,
    proto: 1,
    jetstream: true,
  });
  const server = createServer((socket) => {
    socket.write(`INFO ${info}\r\n`);
    socket.on('data', (chunk) => String(chunk).includes('PING') && socket.write('PONG\r\n'));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return (server.address() as { port: number }).port;
}
