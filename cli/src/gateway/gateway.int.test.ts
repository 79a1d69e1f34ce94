import { spawnSync } from 'node:child_process';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeStackFile } from '../local/stack/stack-file.ts';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, startGatewayDouble } from '../testkit/gateway-double.ts';
import { runningStack, stackOf } from '../testkit/stack.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';
import { exchange } from './client.ts';
import { NoAnswer } from './no-answer.ts';

const YES = { status: 200, body: { allowed: true, approval_required: false, reasons: [] } };

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({ 'POST /guard/check': YES, 'POST /prefix/guard/check': YES });
});
afterAll(() => gateway.stop());

async function check(env: Record<string, string>, ...args: string[]) {
  const host = fakeHost({ env });
  await run(host, ['check', 'x', '--json', ...args]);
  return host;
}
const problemOf = async (env: Record<string, string>, ...args: string[]) => {
  const host = await check(env, ...args);
  expect(host.out()).toBe('');
  return { exitCode: host.exitCode, ...(JSON.parse(host.err()) as { code: string; detail: string }) };
};
const CLOSED = 'http://127.0.0.1:1';

test('its answer has the keys that it wrote, whatever was read before', async () => {
  const answers = await startGatewayDouble({
    'GET /first': { status: 200, body: { p: 1, '\\': 2 } },
    'GET /second': { status: 200, body: { p: 1, '"': 2 } },
  });
  onTestFinished(() => answers.stop());
  await exchange(new URL(answers.url), { method: 'GET', path: 'first' });
  const { body } = await exchange(new URL(answers.url), { method: 'GET', path: 'second' });
  expect(body).toEqual({ p: 1, '"': 2 });
});

describe('the gateway is', () => {
  test('--url before all', async () => {
    expect((await check({ AEGIS_URL: CLOSED }, '--url', gateway.url)).exitCode).toBe(0);
  });

  test('AEGIS_URL before the stack of the data directory, and a path in it stays', async () => {
    const dataDir = await temporaryDirectory();
    await runningStack(dataDir, { gateway_url: CLOSED });
    const env = { AEGIS_DATA_DIR: dataDir, AEGIS_URL: `${gateway.url}/prefix` };
    expect((await check(env)).exitCode).toBe(0);
    expect(gateway.seen.at(-1)?.target).toBe('/prefix/guard/check');
  });

  test('the one of the stack that runs from the data directory', async () => {
    const dataDir = await temporaryDirectory();
    await runningStack(dataDir, { gateway_url: gateway.url });
    expect((await check({ AEGIS_DATA_DIR: dataDir })).exitCode).toBe(0);
  });

  test('not one that has ended: the command says so and which process it was', async () => {
    const dataDir = await temporaryDirectory();
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeStackFile(dataDir, stackOf({ pid, gateway_url: gateway.url }));
    const problem = await problemOf({ AEGIS_DATA_DIR: dataDir });
    expect(problem).toMatchObject({ exitCode: 1, code: 'stack_not_running' });
    expect(problem.detail).toContain(`as process ${pid} and is not running any more`);
  });

  test.each([
    'check x',
    'enforce x',
    'approvals list',
    'approvals show a',
    'approvals watch',
    'approvals approve a',
    'approvals deny a',
    'approvals cancel a',
    'approvals complete a',
    'grants list',
    'grants give a --minutes 5',
    'grants revoke a',
    'tools list',
    `tools accept s t --digest sha256:${'0'.repeat(64)}`,
    'webhooks list',
    'webhooks add w --to https://e.example',
    'webhooks test w',
    'webhooks deliveries w',
    'webhooks remove w',
    'audit tail',
    'audit query',
    'doctor',
    'status',
  ])(
    'nobody where none runs from the data directory, whoever is at the usual address: %s',
    async (command) => {
      const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('asked'));
      onTestFinished(() => asked.mockRestore());
      const dataDir = await temporaryDirectory();
      const env = { AEGIS_DATA_DIR: dataDir, AEGIS_APPROVER_KEY: 'aegis_approver_k', APPROVAL_CODE: 'c' };
      const host = fakeHost({ env });
      await run(host, command.split(' '));
      expect(asked).not.toHaveBeenCalled();
      if (command !== 'status' && command !== 'doctor') {
        expect(host.exitCode).toBe(1);
        expect(host.err()).toContain(`No AegisMCP runs from the data directory ${dataDir}: start it with`);
      }
    },
  );
});

test.each(['nonsense', 'ftp://127.0.0.1', 'http://me:secret@127.0.0.1'])('%s is wrong usage', async (url) => {
  const problem = await problemOf({}, '--url', url);
  expect(problem).toMatchObject({ exitCode: 2, code: 'wrong_usage' });
  expect(problem.detail).not.toContain('secret');
});

test('nothing that listens is a sentence that says how to mend it, and no', async () => {
  const problem = await problemOf({ AEGIS_URL: CLOSED });
  expect(problem).toMatchObject({ exitCode: 1, code: 'gateway_unreachable' });
  expect(problem.detail).toMatch(
    /^No answer from the gateway at http:\/\/127\.0\.0\.1:1\/ .*start it with "npm start"/,
  );
});

const closes = (socket: Socket) => void socket.once('data', () => socket.destroy());

/** What a command says where this answers each connection. */
async function saidWhere(onConnection: (socket: Socket) => void, args: readonly string[]) {
  const server = createServer(onConnection);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const host = fakeHost({ env: { AEGIS_APPROVER_KEY: 'k' } });
  await run(host, [...args, '--url', `http://127.0.0.1:${port}`]);
  expect(host.err()).not.toMatch(/\bE[A-Z]{4,}|UND_|HPE_|fetch failed/);
  return host.err();
}

describe('a gateway that says nothing is told for what it is:', () => {
  test('one that closes the connection is not to be started', async () => {
    const said = await saidWhere(closes, ['check', 'x']);
    expect(said).toContain('(the connection was closed): it may be starting or stopping, so try again.');
    expect(said).toContain('Nothing was allowed.');
    expect(said).not.toContain('start it with');
  });

  test('what may have been done is not said to be undone', async () => {
    const said = await saidWhere(closes, ['approvals', 'approve', 'a']);
    expect(said).toContain('Whether it was done is not known: look before you do it again.');
    expect(await saidWhere(closes, ['approvals', 'list'])).toMatch(/so try again\.\n$/);
  });

  test('something that speaks no HTTP is another thing', async () => {
    const said = await saidWhere((socket) => void socket.end('INFO {"server_id":"N"}\r\n'), ['check', 'x']);
    expect(said).toContain('(what answers there speaks no HTTP): name another one by --url or AEGIS_URL.');
  });

  test('a port where nothing listens is where one can be started', async () => {
    const port = await new Promise<number>((free) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port: was } = server.address() as AddressInfo;
        server.close(() => free(was));
      });
    });
    const { detail } = await problemOf({ AEGIS_URL: `http://127.0.0.1:${port}` });
    expect(detail).toContain('(nothing listens there): start it with "npm start", or name another one');
  });

  test('one that is late may be busy, and what it was asked may be done', () => {
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    const { message } = new NoAnswer(
      late,
      new URL(CLOSED),
      { method: 'POST', path: 'policy/validate' },
      10_000,
    );
    expect(message).toBe(
      'No answer from the gateway at http://127.0.0.1:1/ (none within 10 s): it may be busy, so try again; its log says more.',
    );
  });
});

describe('an answer that is not yes is no:', () => {
  test.each([
    ['a page of something else', { status: 200, body: '<html>' }],
    ['an empty object', { status: 200, body: {} }],
    ['a truthy text', { status: 200, body: { ...YES.body, allowed: 'true' } }],
    ['an error without a problem', { status: 500, body: 'Oops' }],
    ['a proxy before one that is away', { status: 502, body: 'Bad Gateway' }],
  ])('%s', async (_, answer) => {
    const other = await startGatewayDouble({ 'POST /guard/check': answer });
    const problem = await problemOf({}, '--url', other.url);
    await other.stop();
    expect(problem).toMatchObject({ exitCode: 1, code: 'unexpected_answer' });
    const isAway = answer.status === 502;
    expect(problem.detail).toContain(isAway ? 'so try again.' : 'not an AegisMCP gateway of this version');
  });

  test('an answer with an error status, whatever its body says', async () => {
    const other = await startGatewayDouble({ 'POST /guard/check': { ...YES, status: 500 } });
    const problem = await problemOf({}, '--url', other.url);
    await other.stop();
    expect(problem).toMatchObject({ exitCode: 1, code: 'unexpected_answer' });
  });

  test('a redirect, which is not followed', async () => {
    const other = await startGatewayDouble({ 'POST /guard/check': { status: 307, body: {} } });
    const problem = await problemOf({}, '--url', other.url);
    await other.stop();
    expect(problem.exitCode).toBe(1);
  });
});

test.each([
  ['policy_unavailable', 503, 1],
  ['idempotency_key_reused', 422, 1],
  ['invalid_request', 422, 2],
])("the gateway's own problem %s (%d) is passed on, exit %d", async (code, status, exitCode) => {
  const problem = { type: `urn:aegis:error:${code}`, title: 'T', status, code, detail: 'why', extra: true };
  const other = await startGatewayDouble({ 'POST /guard/check': { status, body: problem } });
  expect(await problemOf({}, '--url', other.url)).toEqual({ ...problem, exitCode });
  await other.stop();
});
