import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BAD_FILES, HALF_WRITTEN } from '@aegis/testkit/bad-files';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { createWatchedFile, type WatchedFileOptions } from './in-force.ts';
import { parseFile } from './parse-file.ts';

const SOON = { timeout: 5_000 };

const OPTIONS = {
  what: 'names file',
  parse: (text) => parseFile(z.array(z.string()), text),
  nothing: [],
  nothingMeans: 'nobody is known',
  missing: 'problem',
  bad: 'last-good',
  log: createLogger('test', 'silent'),
} satisfies Omit<WatchedFileOptions<string[]>, 'path'>;

type Given = { content?: string } & Partial<WatchedFileOptions<string[]>>;

async function watched({ content, ...given }: Given = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-watched-'));
  const path = join(folder, 'names.json');
  if (content !== undefined) await writeFile(path, content);
  const seen: string[][] = [];
  const file = createWatchedFile<string[]>({
    ...OPTIONS,
    path,
    changed: (_before, now) => void seen.push(now),
    ...given,
  });
  onTestFinished(async () => {
    file.stop();
    await rm(folder, { recursive: true });
  });
  await file.start();
  return { file, path, seen, write: (text: string) => writeFile(path, text) };
}

it('a file that changes is in force without a restart, and whoever cares is told', async () => {
  const { file, seen, write } = await watched({ content: '["ada"]' });
  expect([file.content, file.problem]).toEqual([['ada'], undefined]);
  await write('["bob"]');
  await expect.poll(() => file.content, SOON).toEqual(['bob']);
  expect(seen).toEqual([['ada'], ['bob']]);
});

it('a file that turns bad leaves the last good one in force, and says so until it is mended', async () => {
  const { file, write } = await watched({ content: '["ada"]' });
  await write('[1]');
  await expect
    .poll(() => file.problem, SOON)
    .toMatch(/^the names file .* was refused \(0: .*\); the last good/);
  expect(file.content).toEqual(['ada']);
  await write('["bob"]');
  await expect.poll(() => file.problem, SOON).toBeUndefined();
  expect(file.content).toEqual(['bob']);
});

it('a file that goes away leaves nothing in force', async () => {
  const { file, path } = await watched({ content: '["ada"]' });
  await rename(path, `${path}.gone`);
  await expect
    .poll(() => file.problem, SOON)
    .toMatch(/can't be read: there is no such file; nobody is known$/);
  expect(file.content).toEqual([]);
});

it('a file that may be missing is no problem until it is there', async () => {
  const { file, write } = await watched({ missing: 'nothing' });
  expect([file.content, file.problem]).toEqual([[], undefined]);
  await write('["ada"]');
  await expect.poll(() => file.content, SOON).toEqual(['ada']);
});

it.each([...BAD_FILES, HALF_WRITTEN])(
  'a file that turns $what leaves the last good one in force, until it is mended',
  async ({ put, problem, what }) => {
    const { file, path, write } = await watched({ content: '["ada"]' });
    await put(path);
    await expect.poll(() => file.problem, SOON).toMatch(problem);
    expect(file.problem).toMatch(/^the names file .*names\.json was refused \(it is .*\); the last good one/);
    expect(file.content).toEqual(['ada']);
    if (what === 'a folder') await rm(path, { recursive: true });
    await write('["bob"]');
    await expect.poll(() => file.content, SOON).toEqual(['bob']);
    expect(file.problem).toBeUndefined();
  },
);

it.each([...BAD_FILES, HALF_WRITTEN])(
  'a file that turns $what leaves nothing in force where its user wants that, and is the same again once it is mended',
  async ({ put, problem, what }) => {
    const { file, path, seen, write } = await watched({ content: '["ada"]', bad: 'nothing' });
    await put(path);
    await expect.poll(() => file.problem, SOON).toMatch(problem);
    expect(file.problem).toMatch(/^the names file .*names\.json was refused \(it is .*\); nobody is known$/);
    expect(file.content).toEqual([]);
    if (what === 'a folder') await rm(path, { recursive: true });
    await write('["ada"]');
    await expect.poll(() => file.content, SOON).toEqual(['ada']);
    expect([file.problem, seen.length]).toEqual([undefined, 3]);
  },
);

it('what is in force before there ever was a file is not in force after one was there', async () => {
  const { file, path, seen, write } = await watched({ unset: ['anybody'], bad: 'nothing' });
  expect([file.content, file.problem]).toEqual([['anybody'], undefined]);
  await file.reread();
  expect(file.content).toEqual(['anybody']);
  await write('[1]');
  await expect.poll(() => file.problem, SOON).toMatch(/was refused/);
  expect(file.content).toEqual([]);
  await rename(path, `${path}.gone`);
  await expect.poll(() => file.problem, SOON).toMatch(/there is no such file/);
  expect([file.content, seen]).toEqual([[], [['anybody'], []]]);
});

it('a file that goes away may leave the last good one in force; where there was none, nothing is wrong', async () => {
  const { file, path, write } = await watched({ missing: 'last-good' });
  expect([file.content, file.problem, file.wasRead]).toEqual([[], undefined, false]);
  await write('["ada"]');
  await expect.poll(() => file.content, SOON).toEqual(['ada']);
  await rename(path, `${path}.gone`);
  await expect.poll(() => file.problem, SOON).toMatch(/was refused \(it is gone\); the last good one/);
  expect([file.content, file.wasRead]).toEqual([['ada'], true]);
});

it('nobody is told where the file says the same again', async () => {
  const { file, seen, write } = await watched({ content: '["ada"]' });
  await write('["ada"]');
  await file.reread();
  await write('[1]');
  await file.reread();
  await write('["ada"]');
  await file.reread();
  expect([seen, file.problem]).toEqual([[['ada']], undefined]);
});

it('what changes while the file is taken for the first time is taken too', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'aegis-watched-')), 'names.json');
  onTestFinished(() => rm(join(path, '..'), { recursive: true }));
  await writeFile(path, '["ada"]');
  const { file } = await watched({
    path,
    changed: async (_before, [first]) => {
      if (first === 'ada') await writeFile(path, '["bob"]');
    },
  });
  await expect.poll(() => file.content, SOON).toEqual(['bob']);
});

it('whoever could not take a change is told again, and an error at the start ends it', async () => {
  let broken = false;
  const told: string[][] = [];
  const changed = (_before: string[], now: string[]): void => {
    if (broken) throw new Error('the bus is away');
    told.push(now);
  };
  const { file, write } = await watched({ content: '["ada"]', changed });
  broken = true;
  await write('["bob"]');
  await expect.poll(() => file.content, SOON).toEqual(['bob']);
  broken = false;
  await expect.poll(() => told, SOON).toEqual([['ada'], ['bob']]);
  broken = true;
  await expect(watched({ content: '["ada"]', changed })).rejects.toThrow('the bus is away');
});
