import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLogger } from '@aegis/kit/logger';
import { expect, it, onTestFinished } from 'vitest';
import { createSessionSecret } from './session-secret.ts';

const SOON = { timeout: 5_000 };

async function started(path: string | undefined) {
  const secret = createSessionSecret(path, createLogger('test', 'silent'));
  onTestFinished(() => secret.stop());
  await secret.start();
  return secret;
}
const sessionSecret = async (path: string | undefined): Promise<Buffer> => (await started(path)).current;

async function fileIn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'session.secret');
}

it('is made once, for its owner only, and is the same after a restart', async () => {
  const path = await fileIn();
  const first = await sessionSecret(path);
  expect(first).toHaveLength(32);
  expect(await sessionSecret(path)).toEqual(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, 'utf8')).trim()).toBe(first.toString('hex'));
});

it('is the same for all that start at once', async () => {
  const path = await fileIn();
  const all = await Promise.all(Array.from({ length: 20 }, () => sessionSecret(path)));
  expect(new Set(all.map((one) => one.toString('hex'))).size).toBe(1);
});

it('without a file is another one for each process', async () => {
  expect(await sessionSecret(undefined)).toHaveLength(32);
  expect(await sessionSecret(undefined)).not.toEqual(await sessionSecret(undefined));
});

it.each(['', 'short\n', 'z'.repeat(64)])('is never %j: a damaged file is refused', async (text) => {
  const path = await fileIn();
  await writeFile(path, text);
  await expect(sessionSecret(path)).rejects.toThrow(`SESSION_SECRET_FILE: ${path} is damaged: delete it`);
});

it('says which file can not be read', async () => {
  const path = dirname(await fileIn());
  await expect(sessionSecret(path)).rejects.toThrow(`SESSION_SECRET_FILE: ${path} can not be read`);
});

it('says which file can not be made', async () => {
  const path = join(await fileIn(), 'not-a-folder', 'secret');
  await expect(sessionSecret(path)).rejects.toThrow(`SESSION_SECRET_FILE: ${path} can not be made`);
});

it('another one in the file counts at once, and where it goes away a new one is made', async () => {
  const path = await fileIn();
  const secret = await started(path);
  await writeFile(path, `${'ab'.repeat(32)}\n`);
  await expect.poll(() => secret.current.toString('hex'), SOON).toBe('ab'.repeat(32));
  await rm(path);
  await expect.poll(() => secret.current.toString('hex'), SOON).not.toBe('ab'.repeat(32));
  await expect
    .poll(async () => (await readFile(path, 'utf8')).trim(), SOON)
    .toBe(secret.current.toString('hex'));
});

it('a file that turns bad is nobody’s secret, and says so until it is mended', async () => {
  const path = await fileIn();
  const secret = await started(path);
  const before = await readFile(path, 'utf8');
  const first = secret.current;
  await writeFile(path, 'short');
  await expect.poll(() => secret.problem, SOON).toContain(`${path} is damaged`);
  expect(secret.current).not.toEqual(first);
  await writeFile(path, before);
  await expect.poll(() => secret.problem, SOON).toBeUndefined();
  expect(secret.current).toEqual(first);
});
