import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stackOf } from '../../testkit/stack.ts';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import { readStackFile, removeStackFile, stackFilePath, writeStackFile } from './stack-file.ts';

/** The id of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

test('what a stack writes, others on this machine read, and only its owner can', async () => {
  const dataDir = join(await temporaryDirectory(), 'new', 'data');
  await writeStackFile(dataDir, stackOf());
  expect(await readStackFile(dataDir)).toEqual({ state: 'running', stack: stackOf() });
  expect((await stat(stackFilePath(dataDir))).mode & 0o777).toBe(0o600);
  expect(await readdir(dataDir)).toEqual(['stack.json']);
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

test('a directory without a stack has none, a damaged file is unreadable', async () => {
  const dataDir = await temporaryDirectory();
  expect(await readStackFile(dataDir)).toEqual({ state: 'none' });
  expect(await readStackFile(join(dataDir, 'nowhere'))).toEqual({ state: 'none' });
  for (const text of ['', '{', '{"pid":1}', JSON.stringify({ ...stackOf(), pid: -1 })]) {
    await writeFile(stackFilePath(dataDir), text);
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
