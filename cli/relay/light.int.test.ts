import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAegis } from '../src/testkit/spawn-aegis.ts';
import { stackOf } from '../src/testkit/stack.ts';
import { temporaryDirectory } from '../src/testkit/temporary-directory.ts';
import { callOf, ECHO, spawnWrap } from '../src/testkit/wrapped.ts';
import { fakeFirewall } from './testkit/fake-firewall.ts';

const KIB_PER_MIB = 1024;
const isLinux = process.platform === 'linux';

const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean).map(Number);

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / KIB_PER_MIB;
}

test.runIf(isLinux)('a wrapped server costs one process beside its own, of less than 100 MiB', async () => {
  const { env } = await fakeFirewall();
  const { pid = 0, say, next } = spawnWrap(ECHO, env);
  for (let id = 1; id <= 500; id++) {
    say(callOf(id, 'read'));
    await next();
  }
  const [server, ...others] = await childrenOf(pid);
  expect([others, await childrenOf(server ?? 0)]).toEqual([[], []]);
  expect(await residentMib(pid)).toBeLessThan(100);
});

test.runIf(isLinux)(
  'the process on the agent’s side opens no file of the firewall but where it is, and the credential',
  async () => {
    const { env, dataDir } = await fakeFirewall();
    const trace = join(dataDir, 'opened');
    const hook = join(dataDir, 'hook.mjs');
    await writeFile(
      hook,
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
     const { readFile } = fs.promises;
     fs.promises.readFile = (path, ...more) => (fs.appendFileSync(${JSON.stringify(trace)}, path + '\\n'), readFile(path, ...more));
     syncBuiltinESMExports();`,
    );
    const { say, next } = spawnWrap(ECHO, { ...env, NODE_OPTIONS: `--import=${hook}` });
    say(callOf(1, 'read'));
    await next();
    const opened = (await readFile(trace, 'utf8')).trim().split('\n');
    expect(opened.filter((path) => path.startsWith(dataDir))).toEqual([
      join(dataDir, 'stack.json'),
      join(dataDir, 'agent-credential'),
    ]);
  },
);

const wrap = (env: Record<string, string>) => runAegis(['wrap', '--name', 'srv', '--', 'cat'], { env });

test('a firewall of an earlier version is a sentence that says what to do', async () => {
  const { env, dataDir } = await fakeFirewall();
  await writeFile(join(dataDir, 'stack.json'), JSON.stringify(stackOf()), { mode: 0o600 });
  expect(await wrap(env)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `aegis: The AegisMCP that runs from the data directory ${dataDir} (process ${process.pid}) is of an earlier version, which does not speak to this one: stop it with "AEGIS_DATA_DIR=${dataDir} npx aegis down" and start it again.\n`,
  });
});

test('a bus that is named in place of a firewall is a sentence, and nothing is started', async () => {
  const dataDir = await temporaryDirectory();
  const env = { AEGIS_DATA_DIR: dataDir, NATS_URL: 'nats://127.0.0.1:4222', NATS_NKEY_FILE: '/nowhere' };
  const { code, stderr } = await wrap(env);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^aegis: No AegisMCP runs .* NATS_URL is set, and nothing on the agent's side uses it any more\.\n$/,
  );
});

test('a credential that the firewall does not know, or that is not there, is a sentence', async () => {
  const { env, dataDir } = await fakeFirewall();
  const unknown = await wrap({ ...env, AEGIS_AGENT_KEY: 'another' });
  expect(unknown).toMatchObject({
    code: 1,
    stderr: 'aegis: The firewall refused this agent: a wrong credential\n',
  });
  await rm(join(dataDir, 'agent-credential'));
  const { code, stderr } = await wrap(env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^aegis: The agent's credential .* can't be read \(ENOENT\): run this as the user/);
});

test('the address and the credential may come from the environment alone', async () => {
  const { env, dataDir, hellos } = await fakeFirewall();
  const elsewhere = await temporaryDirectory();
  const ended = await wrap({
    PATH: env['PATH'] ?? '',
    AEGIS_DATA_DIR: elsewhere,
    AEGIS_AGENT_ADDRESS: `unix:${dataDir}/agent.sock`,
    AEGIS_AGENT_KEY: 'agent-secret',
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(hellos).toHaveLength(1);
});

test('the entry that docs/own-user.md shows has all that is needed to reach the firewall of another user', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/own-user.md'), 'utf8');
  const { mcpServers } = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '');
  const { command, args, env: shown } = mcpServers.files;
  const { env, dataDir, hellos } = await fakeFirewall();
  const given = {
    ...shown,
    AEGIS_AGENT_ADDRESS: `unix:${dataDir}/agent.sock`,
    AEGIS_AGENT_KEY: 'agent-secret',
  };
  expect([command, Object.keys(given)]).toEqual(['/opt/aegismcp/cli/bin/aegis.js', Object.keys(shown)]);
  const own = args.slice(0, args.indexOf('--') + 1);
  const home = await temporaryDirectory();
  expect(
    await runAegis([...own, 'cat'], { env: { PATH: env['PATH'] ?? '', HOME: home, ...given } }),
  ).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(hellos).toMatchObject([{ server: 'files' }]);
});

test.each(['http://firewall.example.com:8001', 'nats://127.0.0.1:4222', 'somewhere'])(
  'an address that is none on this machine gets no credential: %s',
  async (address) => {
    const env = { AEGIS_DATA_DIR: await temporaryDirectory(), AEGIS_AGENT_ADDRESS: address };
    const { code, stderr } = await wrap({ ...env, AEGIS_AGENT_KEY: 'k' });
    expect([code, stderr]).toEqual([
      1,
      `aegis: AEGIS_AGENT_ADDRESS ${address} is no address of a firewall on this machine: expected unix:/path or http://127.0.0.1:port.\n`,
    ]);
  },
);
