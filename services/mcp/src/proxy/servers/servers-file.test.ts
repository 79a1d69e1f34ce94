import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@aegis/kit/logger';
import { BAD_FILES, HALF_WRITTEN } from '@aegis/testkit/bad-files';
import { expect, it, onTestFinished } from 'vitest';
import { createServersFile } from './servers-file.ts';

const SOON = { timeout: 5_000 };
const shop = (arg: string) => ({ shop: { command: 'npx', args: [arg] } });
const fileOf = (mcpServers: object): string => JSON.stringify({ mcpServers });

async function started(content?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-servers-'));
  const path = join(folder, 'servers.json');
  if (content !== undefined) await writeFile(path, content);
  let changes = 0;
  const file = createServersFile(path, createLogger('test', 'silent'), () => changes++);
  onTestFinished(async () => {
    file.stop();
    await rm(folder, { recursive: true });
  });
  await file.start();
  return { file, path, changes: () => changes, write: (text: string) => writeFile(path, text) };
}

it('without a file there are no servers, and nothing is wrong', async () => {
  const { file, write } = await started();
  expect([file.size, file.problem]).toEqual([0, undefined]);
  await write(fileOf(shop('a')));
  await expect.poll(() => file.size, SOON).toBe(1);
});

it('a server that did not change stays the one that it was, and nobody is told of nothing', async () => {
  const { file, changes, write } = await started(fileOf(shop('a')));
  const before = file.find('shop');
  await write(fileOf({ ...shop('a'), more: { url: 'https://a.example/mcp' } }));
  await expect.poll(() => file.size, SOON).toBe(2);
  expect(file.find('shop')).toBe(before);
  await write(fileOf(shop('b')));
  await expect.poll(() => file.size, SOON).toBe(1);
  expect(file.find('shop')).not.toBe(before);
  expect(changes()).toBe(3);
});

it.each([...BAD_FILES, HALF_WRITTEN])('one that turns $what leaves the last good servers', async (bad) => {
  const { file, path } = await started(fileOf(shop('a')));
  await bad.put(path);
  await expect.poll(() => file.problem, SOON).toMatch(bad.problem);
  expect(file.problem).toMatch(
    /^the servers file .*servers\.json was refused .*; the last good one stays in force$/,
  );
  expect(file.find('shop')).toBeDefined();
});

it('may have a byte order mark, as some editors write it', async () => {
  expect((await started(`\uFEFF${fileOf(shop('a'))}`)).file.size).toBe(1);
});

it('an odd entry is said, and the good ones beside it are in force', async () => {
  const { file, path, write } = await started(fileOf({ ...shop('a'), odd: { url: 'ws://a' } }));
  expect([file.size, file.problem]).toEqual([1, undefined]);
  expect(file.warnings).toEqual([
    `the server "odd" of ${path} was refused (mcpServers.odd.url: expected an address that starts with http:// or https://); it is not served`,
  ]);
  const before = file.find('shop');
  await write(fileOf({ shop: { comand: 'x' }, odd: { url: 'https://a.example/mcp' } }));
  await expect.poll(() => file.find('odd'), SOON).toBeDefined();
  expect(file.find('shop')).toBe(before);
  expect(file.warnings).toEqual([
    `the server "shop" of ${path} was refused (mcpServers.shop.comand: unknown field; mcpServers.shop.command: a server has either a command or a url); the last good one stays in force`,
  ]);
});
