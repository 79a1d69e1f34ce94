import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@aegis/kit/logger';
import { BAD_FILES, HALF_WRITTEN } from '@aegis/testkit/bad-files';
import { expect, onTestFinished, test } from 'vitest';
import { makeSecret } from '../channels/standard.ts';
import { createWebhooksFile } from './webhooks-file.ts';

const SOON = { timeout: 5_000 };
const ops = { type: 'standard', url: 'https://ops.example.com/hook', secret: makeSecret() };
const fileOf = (webhooks: object): string => JSON.stringify({ webhooks });

async function started(content?: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'aegis-webhooks-')), 'webhooks.json');
  if (content !== undefined) await writeFile(path, content);
  const file = createWebhooksFile(path, createLogger('test', 'silent'), () => Promise.resolve());
  onTestFinished(async () => {
    file.stop();
    await rm(join(path, '..'), { recursive: true });
  });
  await file.start();
  return { file, path };
}

const names = (file: { entries(): ReadonlyMap<string, unknown> }): string[] => [...file.entries().keys()];
const never = () => Promise.reject(new Error('nothing is to go on record'));

test.each([...BAD_FILES, HALF_WRITTEN])(
  'one that turns $what leaves the last good webhooks, and is never written over',
  async (bad) => {
    const { file, path } = await started(fileOf({ ops }));
    await bad.put(path);
    await expect.poll(() => file.problem, SOON).toMatch(bad.problem);
    expect(names(file)).toEqual(['ops']);
    const changed = file.change(() => new Map(), never);
    await expect(changed).rejects.toMatchObject({
      code: 'read_only',
      message: expect.stringMatching(bad.problem),
    });
  },
);

test('a file that could not be read yet is not known to have no webhooks', async () => {
  const { file, path } = await started('{');
  expect([names(file), file.isThere()]).toEqual([[], false]);
  await writeFile(path, `\uFEFF${fileOf({ ops })}`);
  await expect.poll(() => names(file), SOON).toEqual(['ops']);
  expect(file.isThere()).toBe(true);
});

test('what can not go on record changes nothing and leaves nothing behind', async () => {
  const { file, path } = await started(fileOf({ ops }));
  await expect(file.change(() => new Map(), never)).rejects.toThrow('nothing is to go on record');
  expect(await readFile(path, 'utf8')).toBe(fileOf({ ops }));
  await file.change(
    () => new Map(),
    () => Promise.resolve(),
  );
  expect(names(file)).toEqual([]);
});
