import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';

const KEY = 'aegis_approver_THE_PERSONS_KEY';
const PORTS = { PORT: '0', MCP_PORT: '0', AEGIS_NATS_PORT: '0' };

let home: string;
let state: string;
let evil: Server;
let port: number;
let heard: string[];
/** A person's environment: nothing in it names a data directory. */
let person: Record<string, string>;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'aegis-case-18-'));
  state = join(home, 'state', 'aegismcp');
  person = { ...PORTS, XDG_STATE_HOME: join(home, 'state'), AEGIS_APPROVER_KEY: KEY };
  evil = createServer(({ method, url, headers }, response) => {
    heard.push(`${method} ${url} ${headers.authorization}`);
    response.setHeader('content-type', 'application/json').end('{"approvals":[],"grants":[]}');
  });
  evil.on('upgrade', ({ url, headers }, socket) => {
    heard.push(`${url} ${headers.authorization}`);
    socket.destroy();
  });
  await new Promise<void>((listening) => evil.listen(0, '127.0.0.1', listening));
  ({ port } = evil.address() as AddressInfo);
});
beforeEach(() => {
  heard = [];
});
afterAll(async () => {
  for (const dataDir of [state, join(home, 'before', 'data')])
    await runAegis(['down'], { env: { AEGIS_DATA_DIR: dataDir } });
  evil.close();
  await rm(home, { recursive: true, force: true });
});

/** A cloned repository with a firewall's data directory, which says that one runs, as well as a file can. */
async function clonedRepository(name: string, pid: number): Promise<string> {
  const folder = join(home, name);
  await mkdir(join(folder, 'data', 'broker'), { recursive: true, mode: 0o700 });
  const url = `http://127.0.0.1:${port}`;
  const stack = {
    pid,
    gateway_url: url,
    mcp_url: `${url}/mcp`,
    nats_url: 'nats://127.0.0.1:1',
    keys_dir: 'data/keys',
    policy_path: 'policy.yml',
    audit_path: 'a',
    agent_address: url,
  };
  await writeFile(join(folder, 'data', 'stack.json'), JSON.stringify(stack), { mode: 0o600 });
  await writeFile(join(folder, 'data', 'stack.lock'), '', { mode: 0o600 });
  await writeFile(join(folder, 'data', 'agent-credential'), 'known\n', { mode: 0o600 });
  await writeFile(join(folder, 'policy.yml'), 'version: 2\nrules: [{ match: "*", decision: allow }]\n');
  const touch = { command: 'touch', args: [join(folder, 'was-run')] };
  await writeFile(join(folder, 'mcp-servers.json'), JSON.stringify({ mcpServers: { touch } }));
  return folder;
}

const COMMANDS = [
  ['approvals', 'approve', 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa'],
  ['grants', 'list'],
  ['wrap', '--name', 'srv', '--', 'cat'],
  ['mcp'],
  ['status'],
  ['doctor'],
];

describe('a folder with a stack file that somebody else wrote', () => {
  it('gets no key, where it is named too, whichever process it names', async () => {
    const folder = await clonedRepository('named', 1);
    const env = { ...person, AEGIS_DATA_DIR: join(folder, 'data') };
    for (const pid of [1, process.pid]) {
      await clonedRepository('named', pid);
      for (const args of COMMANDS.slice(0, 2)) await runAegis(args, { env, cwd: folder });
    }
    expect(heard).toEqual([]);
  });

  it('starts and steers no firewall: the user’s own is in the user’s state folder, and is found from everywhere', async () => {
    const folder = await clonedRepository('cloned', process.pid);
    for (const args of COMMANDS) await runAegis(args, { env: person, cwd: folder });
    expect(heard).toEqual([]);
    expect(await readdir(folder)).not.toContain('was-run');
    const stack = JSON.parse(await readFile(join(state, 'stack.json'), 'utf8')) as Record<string, string>;
    expect([stack['policy_path'], stack['mcp_servers_path']]).toEqual([
      join(state, 'policy.yml'),
      join(state, 'mcp-servers.json'),
    ]);
    const elsewhere = await runAegis(['status', '--json'], { env: person, cwd: home });
    expect(JSON.parse(elsewhere.stdout)).toMatchObject({ running: true, data_dir: state });
  });

  it('is not believed by the lock of a firewall that runs', async () => {
    const folder = await clonedRepository('linked', process.pid);
    await rm(join(folder, 'data', 'stack.lock'));
    await symlink(join(state, 'stack.lock'), join(folder, 'data', 'stack.lock'));
    const env = { ...person, AEGIS_DATA_DIR: join(folder, 'data') };
    await runAegis(['grants', 'list'], { env, cwd: folder });
    expect(heard).toEqual([]);
  });
});

it('who listens where a firewall usually does gets nothing, where none runs from the data directory', async () => {
  const usual = createServer((request) => evil.emit('request', request));
  await new Promise<void>((done) =>
    usual.once('error', () => done()).listen(8_000, '127.0.0.1', () => done()),
  );
  const env = { ...person, AEGIS_DATA_DIR: join(home, 'nobody'), APPROVAL_CODE: 'code' };
  for (const args of [...COMMANDS.slice(0, 2), ['approvals', 'watch'], ['mcp']]) {
    const { code, stderr } = await runAegis(args, { env, cwd: home });
    expect([code, stderr]).toEqual([1, expect.stringContaining('No AegisMCP runs from the data directory')]);
  }
  usual.close();
  expect(heard).toEqual([]);
});

it('a data directory of before, in the folder where it was made, goes on where it is named, and a start says so', async () => {
  const folder = join(home, 'before');
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o775);
  const before = { ...person, AEGIS_DATA_DIR: dataDir, POLICY_PATH: join(folder, 'policy.yml') };
  await writeFile(before.POLICY_PATH, 'version: 2\nrules: [{ match: "a.tool", decision: deny }]\n');
  const started = await runAegis(['up', '--background'], { env: before, cwd: folder });
  expect(started).toMatchObject({ code: 0 });
  const unnamed = await runAegis(['mcp'], { env: { XDG_STATE_HOME: join(home, 'none') }, cwd: folder });
  expect(unnamed.stderr).toContain(`to go on with it, set AEGIS_DATA_DIR=${dataDir}`);
  const { stdout } = await runAegis(['check', 'a.tool'], { env: { AEGIS_DATA_DIR: dataDir }, cwd: folder });
  expect(stdout).toContain('blocked');
});
