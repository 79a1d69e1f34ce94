import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processInfo } from '@aegis/local-nats';
import { expect, onTestFinished, test } from 'vitest';
import { type BackgroundHome, backgroundHome } from '../../testkit/background.ts';
import { runAegis, spawnAegis } from '../../testkit/spawn-aegis.ts';
import { runningStack } from '../../testkit/stack.ts';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import { ECHO, spawnWrap } from '../../testkit/wrapped.ts';
import { lockDirectory } from './directory-lock.ts';

async function home(policy?: string): Promise<BackgroundHome> {
  const made = await backgroundHome(policy);
  onTestFinished(() => made.remove());
  return made;
}

const wrap = (env: BackgroundHome['env']) => runAegis(['wrap', '--name', 'srv', '--', 'cat'], { env });

/** A process and all that it started, as Linux has them. */
async function pidsUnder(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const all = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(pidsUnder));
  return [pid, ...all.flat()];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const count = (text: string, word: string): number => text.split(word).length - 1;

test('of many that start at once one starts the firewall, which outlives them all', async () => {
  const { dataDir, env, log, stack } = await home();
  const ended = await Promise.all([wrap(env), wrap(env), wrap(env), wrap(env)]);
  expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(Array.from({ length: 4 }, () => [0, '']));
  // It says so once all of it is there; relays are let in a moment before.
  await expect.poll(async () => count(await log(), 'AegisMCP is ready.'), { timeout: 30_000 }).toBe(1);
  const { pid, gateway_url } = await stack();
  expect(process.kill(pid, 0)).toBe(true);
  const { stderr } = ended[0] as { stderr: string };
  expect(stderr).toBe(
    `aegis: AegisMCP was started in the background (process ${pid}, log ${dataDir}/aegis.log); to stop it: AEGIS_DATA_DIR=${dataDir} npx aegis down\n` +
      `aegis: What waits for a person: ${gateway_url}/ui/approvals\n` +
      `aegis: Nobody can approve yet. In a terminal: AEGIS_DATA_DIR=${dataDir} npx aegis approve-here\n` +
      `aegis: Nobody is asked for a name, over REST or at /mcp, while no agent has a key: "AEGIS_DATA_DIR=${dataDir} npx aegis keys create --name NAME" makes the first one.\n`,
  );
  expect((await wrap(env)).stderr).toBe('');
});

test('it makes no code, and its log is for the owner only', async () => {
  const { dataDir, env, log } = await home('version: 2\nrules: []\n');
  await wrap(env);
  const modes = await Promise.all(['aegis.log', 'stack.json'].map((name) => stat(join(dataDir, name))));
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
  expect(await readdir(dataDir)).not.toContain('approval-code');
  expect(await log()).toContain('Nobody can approve yet: a person has to run "aegis approve-here"');
  expect(await log()).not.toContain('approves calls; made for this run');
  expect(await log()).not.toContain('Ctrl-C');
  expect(await log()).toMatch(/^"AEGIS_DATA_DIR=.+ down" stops everything\.$/m);
});

test('a code that was set approves, and is in no file and in no environment of what was started', async () => {
  const { dataDir, env, stack } = await home('version: 2\nrules: []\n');
  const code = 'chosen-for-this-test';
  const { stderr } = await wrap({ ...env, APPROVAL_CODE: code });
  expect(stderr).toContain('/ui/approvals, with the code of APPROVAL_CODE\n');
  const { pid } = await stack();
  const held = await Promise.all([
    ...(await pidsUnder(pid)).map((one) => readFile(`/proc/${one}/environ`, 'utf8')),
    ...(await filesIn(dataDir)).map((path) => readFile(path, 'latin1')),
  ]);
  expect(held.filter((text) => text.includes(code))).toEqual([]);
  await runAegis(['enforce', 'a.tool', '--dry-run-id', 'k'], { env });
  const approved = await runAegis(['approvals', 'complete', 'k', '--code', code], { env });
  expect(approved.stdout).toContain('approved');
});

test('the code file of a version before approves nothing any more, and is gone', async () => {
  const { dataDir, env, log } = await home('version: 2\nrules: []\n');
  const path = join(dataDir, 'approval-code');
  await mkdir(dataDir, { recursive: true });
  await writeFile(path, 'an-earlier-code\n');
  expect((await wrap(env)).stderr).toContain('npx aegis approve-here');
  expect(await readdir(dataDir)).not.toContain('approval-code');
  expect(await log()).toContain(
    `The approval code in ${path} is not in force any more, and the file is removed`,
  );
  await runAegis(['enforce', 'a.tool', '--dry-run-id', 'k'], { env });
  const { stderr } = await runAegis(['approvals', 'complete', 'k', '--code', 'an-earlier-code'], { env });
  expect(stderr).toContain('There is no approval code here');
});

test('where there is no policy it says that a person is asked about everything', async () => {
  const { env, dataDir } = await home('');
  const { stderr } = await wrap(env);
  expect(stderr.split('\n')[2]).toMatch(
    /^aegis: There is no policy at .*, so a person is asked about every call/,
  );
  expect(stderr).toContain(join(dataDir, 'policy.yml'));
});

test('a server that is wrapped in an empty folder runs nothing before a person said yes', async () => {
  const { env } = await home('');
  const wrapped = spawnWrap(ECHO, env, ['--hold', '0s']);
  wrapped.say({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read', arguments: {} } });
  const answer = JSON.stringify(await wrapped.next());
  expect(answer).toContain('no policy was written yet');
  expect(answer).not.toContain('"method"');
});

test('a firewall that does not start is one sentence, and the server hears nothing', async () => {
  const { env, dataDir } = await home('rules: what');
  const { code, stdout, stderr } = await wrap(env);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^aegis: AegisMCP could not be started in the background: POLICY_PATH: .* is not a policy: .*aegis\.log\)\n$/,
  );
  expect(await readdir(dataDir)).not.toContain('stack.json');
});

test('`aegis up` is refused where one runs from the data directory, also while that one starts', async () => {
  const { env, stack } = await home();
  await wrap(env);
  const { code, stderr } = await runAegis(['up'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain(`already runs from the data directory ${env['AEGIS_DATA_DIR']} as process `);
  expect(stderr).toContain(String((await stack()).pid));
  const other = await temporaryDirectory();
  const lock = await lockDirectory(other, 'stack');
  const early = await runAegis(['up'], { env: { ...env, AEGIS_DATA_DIR: other } });
  lock?.release();
  expect(early).toMatchObject({ code: 1 });
  expect(early.stderr).toContain(`already runs from the data directory ${other}: stop it`);
});

test('`aegis down` stops it and says so; with nothing to stop it says that, and both are fine', async () => {
  const { env, dataDir, stack } = await home();
  await wrap(env);
  const { pid } = await stack();
  const down = await runAegis(['down'], { env });
  expect(down).toMatchObject({ code: 0, stdout: `AegisMCP (process ${pid}) has stopped.\n` });
  expect(await processInfo(pid)).toBeUndefined();
  const again = await runAegis(['down'], { env });
  expect(again).toMatchObject({
    code: 0,
    stdout: `No AegisMCP runs from the data directory ${dataDir}: there is nothing to stop.\n`,
  });
  expect((await runAegis(['--json', 'down'], { env })).stdout).toContain('"stopped": false');
});

test('one that is being started is said to be, and `aegis down` stops it', async () => {
  const { env, dataDir } = await home();
  const starting = spawnAegis(['up'], { env });
  const ended = once(starting, 'exit');
  await expect.poll(() => readdir(dataDir), { timeout: 30_000 }).toContain('stack.phase');
  // It may be ready by now on a quick machine: then it is stopped all the same.
  expect((await runAegis(['status'], { env })).stdout).toMatch(/ (?:is being started|runs), process \d+/);
  expect(await runAegis(['down'], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^AegisMCP \(process \d+\) has stopped\.\n$/) as string,
  });
  await ended;
  const left = await readdir(dataDir);
  expect(left).not.toContain('stack.phase');
  expect(left).not.toContain('stack.json');
});

test('a firewall that was killed is started again on its data', async () => {
  const { env, stack } = await home();
  await wrap(env);
  const { pid } = await stack();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => processInfo(pid)).toBeUndefined();
  expect(await wrap(env)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('was started') as string,
  });
  expect((await stack()).pid).not.toBe(pid);
});

test('`aegis down` leaves a process alone that is no AegisMCP', async () => {
  const dataDir = await temporaryDirectory();
  await runningStack(dataDir);
  const { code, stderr } = await runAegis(['down'], { env: { AEGIS_DATA_DIR: dataDir } });
  expect(code).toBe(1);
  expect(stderr).toContain(`Process ${process.pid}, which ${dataDir}/stack.json names, is no AegisMCP`);
});

test('a firewall of an earlier version is no firewall for what clients start', async () => {
  const dataDir = await temporaryDirectory();
  await runningStack(dataDir);
  const { code, stderr } = await runAegis(['up', '--background'], { env: { AEGIS_DATA_DIR: dataDir } });
  expect(code).toBe(1);
  expect(stderr).toContain('is of an earlier version, which does not speak to this one: stop it with');
  const status = await runAegis(['status'], { env: { AEGIS_DATA_DIR: dataDir } });
  expect(status.stdout).toContain('is of an earlier version, which does not speak to this one: stop it with');
});

test('a variable that is not read any more is said at the start', async () => {
  const { env, log } = await home();
  await wrap({ ...env, APPROVAL_CODE_FILE: '/somewhere' });
  expect(await log()).toContain('APPROVAL_CODE_FILE is not read any more: set APPROVAL_CODE');
});
