import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../run.ts';
import { fakeHost } from '../../testkit/fake-host.ts';
import { type CannedAnswer, startGatewayDouble } from '../../testkit/gateway-double.ts';
import { runAegis } from '../../testkit/spawn-aegis.ts';
import { runningStack, stackOf } from '../../testkit/stack.ts';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import { lockDirectory } from '../stack/directory-lock.ts';
import { markPhase } from '../stack/phase.ts';
import { writeStackFile } from '../stack/stack-file.ts';
import type { Finding } from './finding.ts';

const ANY_PORTS = { PORT: '0', MCP_PORT: '0', AEGIS_NATS_PORT: '0' };

/** An installation in a directory of its own, with a fake nats-server and a policy. */
async function installation(): Promise<{ dir: string; env: Record<string, string> }> {
  const dir = await temporaryDirectory();
  await writeServer(dir, '2.15.1');
  await writeFile(join(dir, 'policy.yml'), 'version: 2\nrules: []\n');
  const env = {
    ...ANY_PORTS,
    PATH: dir,
    AEGIS_CACHE_DIR: dir,
    AEGIS_DATA_DIR: join(dir, 'data'),
    POLICY_PATH: join(dir, 'policy.yml'),
  };
  return { dir, env };
}

const writeServer = (dir: string, version: string): Promise<void> =>
  writeFile(join(dir, 'nats-server'), `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 });

async function doctor(env: Record<string, string>, ...args: string[]) {
  const host = fakeHost({ env });
  await run(host, ['doctor', '--json', ...args]);
  const { ok, findings } = JSON.parse(host.out()) as { ok: boolean; findings: Finding[] };
  expect(host.exitCode).toBe(ok ? 0 : 1);
  const of = (name: string) => findings.find((finding) => finding.name === name);
  return { ok, findings, of };
}

async function takenPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

async function gatewayThatSays(dir: string, health: CannedAnswer): Promise<string> {
  const gateway = await startGatewayDouble({ 'GET /health': health });
  onTestFinished(() => gateway.stop());
  const policy_path = join(dir, 'policy.yml');
  const agent_address = `unix:${join(dir, 'agent.sock')}`;
  await runningStack(join(dir, 'data'), { gateway_url: gateway.url, policy_path, agent_address });
  return gateway.url;
}

test('an installation where nothing is wrong is well, without Docker and without a running stack', async () => {
  const { ok, findings, of } = await doctor((await installation()).env);
  expect(ok).toBe(true);
  expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
  expect(of('docker')).toMatchObject({
    level: 'ok',
    message: expect.stringContaining('not needed') as string,
  });
  expect(of('stack')).toMatchObject({ level: 'warn', mend: 'start it with "npm start"' });
  expect(of('nats-server')).toMatchObject({
    level: 'ok',
    message: expect.stringContaining('2.15.1') as string,
  });
});

test('as a program under the Node of this machine it says each finding on a line', async () => {
  const { env, dir } = await installation();
  const { PATH = '' } = process.env;
  const { code, stdout } = await runAegis(['doctor'], { env: { ...env, PATH: `${dir}:${PATH}` } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {4}node: Node \S+ runs this command$/m);
  expect(stdout).toMatch(/^ok {4}pinned node: .*is installed$/m);
  expect(stdout).toMatch(/^warn {2}stack: .*\n {6}to mend: start it with "npm start"$/m);
});

test('a policy file that is not valid is a failure that names the first error', async () => {
  const { dir, env } = await installation();
  await writeFile(join(dir, 'policy.yml'), 'version: 2\nrules: [{ match: x, decision: maybe }]\n');
  const { ok, of } = await doctor(env);
  expect(ok).toBe(false);
  expect(of('policy')?.message).toContain('rules.0.decision: expected one of allow, review, deny');
});

test('no policy file is a warning that says what holds instead', async () => {
  const { env } = await installation();
  const { ok, of } = await doctor({ ...env, POLICY_PATH: '/nowhere/policy.yml' });
  expect(ok).toBe(true);
  expect(of('policy')).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('a person is asked about every call') as string,
  });
});

test('a port that another program has is a failure that names the variable', async () => {
  const { env } = await installation();
  const PORT = await takenPort();
  const { ok, of } = await doctor({ ...env, PORT });
  expect(ok).toBe(false);
  expect(of('gateway port')).toMatchObject({ level: 'fail', message: `${PORT} is taken by another program` });
  expect(of('gateway port')?.mend).toContain('set PORT to another port');
  expect(of('mcp port')?.level).toBe('ok');
});

test.each(['starting', 'stopping'] as const)(
  'while a firewall is %s here, what it has taken is nobody else’s',
  async (phase) => {
    const { dir, env } = await installation();
    const lock = await lockDirectory(join(dir, 'data'), 'stack');
    onTestFinished(() => lock?.release());
    await markPhase(join(dir, 'data'), phase);
    const PORT = await takenPort();
    const { ok, of } = await doctor({ ...env, PORT });
    expect(ok).toBe(true);
    const whose = `${PORT} is taken, as it seems by the AegisMCP that is ${phase} here`;
    expect(of('gateway port')).toMatchObject({ level: 'warn', message: whose });
    const is = `AegisMCP is ${phase === 'starting' ? 'being started' : phase} from the data directory`;
    expect(of('stack')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining(is) as string,
      mend: 'wait until that is done, and run this again',
    });
  },
);

test('a port that is none is a failure', async () => {
  const { env } = await installation();
  expect((await doctor({ ...env, MCP_PORT: '70000' })).of('mcp port')?.level).toBe('fail');
  expect((await doctor({ ...env, MCP_PORT: 'http' })).of('mcp port')?.level).toBe('fail');
});

test('ports that the running stack uses are no failure, and a healthy stack is well', async () => {
  const { dir, env } = await installation();
  const url = await gatewayThatSays(dir, { status: 200, body: { status: 'ok' } });
  const { ok, of } = await doctor({ ...env, PORT: new URL(url).port });
  expect(ok).toBe(true);
  expect(of('gateway port')?.message).toBe(`used by the running stack at ${url}`);
  expect(of('stack')).toMatchObject({ level: 'ok', message: `well, at ${url}/` });
});

test('a stack that is not well is a failure that names the part and why', async () => {
  const { dir, env } = await installation();
  const parts = { policy: ['The policy file is not valid.'] };
  await gatewayThatSays(dir, { status: 503, body: { status: 'degraded', parts } });
  const { ok, of } = await doctor(env);
  expect(ok).toBe(false);
  expect(of('stack')?.message).toMatch(/^degraded, at .*; policy: The policy file is not valid\.$/);
});

test('a firewall of an earlier version is a failure that says how to end it', async () => {
  const { dir, env } = await installation();
  await runningStack(join(dir, 'data'));
  const { ok, of } = await doctor(env);
  expect(ok).toBe(false);
  expect(of('stack')?.message).toContain('is of an earlier version, which does not speak to this one');
});

test('something else where the stack should be is a failure', async () => {
  const { env } = await installation();
  const other = await startGatewayDouble({ 'GET /health': { status: 200, body: 'hello' } });
  onTestFinished(() => other.stop());
  expect((await doctor(env, '--url', other.url)).of('stack')?.message).toContain('is not AegisMCP');
});

test('a stack that was killed is a warning that says which process it was', async () => {
  const { env, dir } = await installation();
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeStackFile(join(dir, 'data'), stackOf({ pid }));
  const { of } = await doctor(env);
  expect(of('stack')).toMatchObject({
    level: 'warn',
    message: expect.stringContaining(`process ${pid}`) as string,
  });
});

test.runIf(existsSync('/proc/self'))(
  'a data directory where the system makes none is a failure',
  async () => {
    const { env } = await installation();
    const { of } = await doctor({ ...env, AEGIS_DATA_DIR: '/proc/aegis/data' });
    expect(of('data directory')).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('the system does not let you') as string,
    });
  },
);

test('a data directory that is a file, or below one, is a failure', async () => {
  const { env, dir } = await installation();
  await writeFile(join(dir, 'data'), '');
  expect((await doctor(env)).of('data directory')).toMatchObject({ level: 'fail' });
  const below = { ...env, AEGIS_DATA_DIR: join(dir, 'data', 'deep') };
  expect((await doctor(below)).of('data directory')).toMatchObject({ level: 'fail' });
});

test.skipIf(process.getuid?.() === 0)(
  'a data directory that this user can not write is a failure',
  async () => {
    const { env, dir } = await installation();
    await mkdir(join(dir, 'data'));
    await chmod(join(dir, 'data'), 0o500);
    expect((await doctor(env)).of('data directory')).toMatchObject({ level: 'fail' });
  },
);

test('NATS_URL that leads nowhere is a failure, one that leads to a server is not', async () => {
  const { env } = await installation();
  const nowhere = await doctor({ ...env, NATS_URL: 'nats://127.0.0.1:1' });
  expect(nowhere.of('nats-server')).toMatchObject({ level: 'fail' });
  expect(nowhere.of('nats port')).toBeUndefined();
  const port = await takenPort();
  expect((await doctor({ ...env, NATS_URL: `127.0.0.1:${port}` })).of('nats-server')).toMatchObject({
    level: 'ok',
  });
});
