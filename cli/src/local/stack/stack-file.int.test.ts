import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../run.ts';
import { fakeHost } from '../../testkit/fake-host.ts';
import { runningStack, stackOf } from '../../testkit/stack.ts';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { markPhase } from './phase.ts';
import { readStackFile, removeStackFile, stackFilePath, writeStackFile } from './stack-file.ts';

/** The id of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

test('what a stack writes, others on this machine read, and only its owner can', async () => {
  const dataDir = join(await temporaryDirectory(), 'new', 'data');
  await runningStack(dataDir);
  expect(await readStackFile(dataDir)).toEqual({ state: 'running', stack: stackOf() });
  expect((await stat(stackFilePath(dataDir))).mode & 0o777).toBe(0o600);
  expect(await readdir(dataDir)).toEqual(['stack.json', 'stack.lock']);
});

test('paths are absolute, because a reader may run in another folder', async () => {
  const dataDir = await temporaryDirectory();
  await writeStackFile(dataDir, stackOf({ policy_path: './policy.yml' }));
  expect(await readStackFile(dataDir)).toMatchObject({
    stack: { policy_path: join(process.cwd(), 'policy.yml') },
  });
});

test('a file of a stack before is replaced, and its mode is narrowed', async () => {
  const dataDir = await temporaryDirectory();
  await writeFile(stackFilePath(dataDir), 'old');
  await chmod(stackFilePath(dataDir), 0o644);
  await writeStackFile(dataDir, stackOf());
  expect((await stat(stackFilePath(dataDir))).mode & 0o777).toBe(0o600);
});

test('what a start that was cut short left beside it widens nothing', async () => {
  const dataDir = await temporaryDirectory();
  const left = `${stackFilePath(dataDir)}.${process.pid}.tmp`;
  await writeFile(left, 'old');
  await chmod(left, 0o644);
  await writeStackFile(dataDir, stackOf());
  expect((await stat(stackFilePath(dataDir))).mode & 0o777).toBe(0o600);
});

test('a stack whose process has ended is stale', async () => {
  const dataDir = await temporaryDirectory();
  const stack = stackOf({ pid: endedPid() });
  await writeStackFile(dataDir, stack);
  expect(await readStackFile(dataDir)).toEqual({ state: 'stale', stack });
});

test('a process that lives and has not the lock of the directory is no stack, whatever its number', async () => {
  const dataDir = await temporaryDirectory();
  await writeStackFile(dataDir, stackOf());
  expect(await readStackFile(dataDir)).toEqual({ state: 'stale', stack: stackOf() });
  const real = await temporaryDirectory();
  await runningStack(real);
  await symlink(join(real, 'stack.lock'), join(dataDir, 'stack.lock'));
  expect((await readStackFile(dataDir)).state).toBe('stale');
});

const NOT_BELIEVED = {
  'that others can read': (dataDir: string) => chmod(stackFilePath(dataDir), 0o644),
  'that is a link': async (dataDir: string) => {
    await rename(stackFilePath(dataDir), join(dataDir, 'other.json'));
    await symlink('other.json', stackFilePath(dataDir));
  },
  'in a folder that others can write in': (dataDir: string) => chmod(dataDir, 0o777),
  'in a folder of a group': (dataDir: string) => chmod(dataDir, 0o770),
  'whose gateway is elsewhere': (dataDir: string) =>
    writeStackFile(dataDir, stackOf({ gateway_url: 'http://aegis.example:8000' })),
  'whose MCP server is elsewhere': (dataDir: string) =>
    writeStackFile(dataDir, stackOf({ mcp_url: 'http://127.0.0.1.example/mcp' })),
};
test.each(Object.entries(NOT_BELIEVED))('a stack file %s is not believed', async (_, make) => {
  const dataDir = await temporaryDirectory();
  await runningStack(dataDir);
  await make(dataDir);
  expect((await readStackFile(dataDir)).state).toBe('unreadable');
});

test.runIf(process.getuid?.() === 0)('what belongs to another user is not believed', async () => {
  for (const path of ['', 'stack.json']) {
    const dataDir = await temporaryDirectory();
    await runningStack(dataDir);
    await chown(join(dataDir, path), 4_321, 4_321);
    expect(await readStackFile(dataDir)).toMatchObject({
      state: 'unreadable',
      why: expect.stringContaining('belongs to another user') as string,
    });
  }
});

test('a data directory of before that a group could write in is narrowed by a start, and goes on', async () => {
  const dataDir = await temporaryDirectory();
  await chmod(dataDir, 0o775);
  await runningStack(dataDir);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o755);
  expect((await readStackFile(dataDir)).state).toBe('running');
});

async function held(name: 'stack' | 'start'): Promise<string> {
  const dataDir = await temporaryDirectory();
  const lock = await lockDirectory(dataDir, name);
  onTestFinished(() => lock?.release());
  return dataDir;
}
const said = async (dataDir: string, ...command: string[]) => {
  const host = fakeHost({ env: { AEGIS_DATA_DIR: dataDir, HOME: dataDir } });
  await run(host, command);
  return host.out() + host.err();
};

test.each([
  ['starting', 'being started'],
  ['stopping', 'stopping'],
] as const)('a firewall that is %s is neither there nor away, for every command', async (phase, is) => {
  const dataDir = await held('stack');
  await markPhase(dataDir, phase);
  expect(await readStackFile(dataDir)).toEqual({ state: 'between', phase, pid: process.pid });
  expect(await said(dataDir, 'check', 'x')).toBe(
    `aegis: AegisMCP is ${is} from the data directory ${dataDir} (process ${process.pid}), and does not answer now: try again in a moment.\n`,
  );
  expect(await said(dataDir, 'status')).toContain(
    `is ${is}, process ${process.pid}; look again in a moment.`,
  );
  // What the file of a stack before says of itself is no more so.
  await writeStackFile(dataDir, stackOf({ pid: endedPid() }));
  expect((await readStackFile(dataDir)).state).toBe('between');
});

test('one that says nothing of itself, and one that a wrapped server starts, are there too', async () => {
  const dataDir = await held('stack');
  expect(await readStackFile(dataDir)).toEqual({ state: 'between', phase: 'starting or stopping' });
  expect(await said(dataDir, 'down')).toMatch(
    /^aegis: AegisMCP is starting or stopping .*: run this again in a moment\.\n$/,
  );
  expect(await readStackFile(await held('start'))).toEqual({ state: 'between', phase: 'starting' });
});

test('what a process left that was killed says nothing: the lock has ended with it', async () => {
  const dataDir = await temporaryDirectory();
  const [directoryLock, phase] = ['./directory-lock.ts', './phase.ts'].map(
    (one) => new URL(one, import.meta.url).href,
  );
  const code = `
    const { lockDirectory } = await import('${directoryLock}');
    const { markPhase } = await import('${phase}');
    await lockDirectory('${dataDir}', 'stack');
    await markPhase('${dataDir}', 'starting');
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect((await readStackFile(dataDir)).state).toBe('between');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readStackFile(dataDir)).toEqual({ state: 'none' });
  expect(await said(dataDir, 'status')).toContain('does not run; the first wrapped server starts it');
});

test('a directory without a stack has none, a damaged file is unreadable', async () => {
  const dataDir = await temporaryDirectory();
  expect(await readStackFile(dataDir)).toEqual({ state: 'none' });
  expect(await readStackFile(join(dataDir, 'nowhere'))).toEqual({ state: 'none' });
  for (const text of ['', '{', '{"pid":1}', JSON.stringify({ ...stackOf(), pid: -1 })]) {
    await writeFile(stackFilePath(dataDir), text, { mode: 0o600 });
    expect((await readStackFile(dataDir)).state).toBe('unreadable');
  }
});

test('a stack takes its own file back and leaves that of another alone', async () => {
  const dataDir = await temporaryDirectory();
  await writeStackFile(dataDir, stackOf({ pid: process.ppid }));
  await removeStackFile(dataDir);
  expect(await readFile(stackFilePath(dataDir), 'utf8')).toContain(`"pid": ${process.ppid}`);
  await writeStackFile(dataDir, stackOf());
  await removeStackFile(dataDir);
  expect(await readStackFile(dataDir)).toEqual({ state: 'none' });
});
