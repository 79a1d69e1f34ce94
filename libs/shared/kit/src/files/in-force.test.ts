import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { createWatchedFile } from './in-force.ts';
import { parseFile } from './parse-file.ts';

const SOON = { timeout: 5_000 };

async function watched({ content, optional }: { content?: string; optional?: boolean } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-watched-'));
  const path = join(folder, 'names.json');
  if (content !== undefined) await writeFile(path, content);
  const seen: string[][] = [];
  const file = createWatchedFile({
    path,
    what: 'names file',
    parse: (text) => parseFile(z.array(z.string()), text),
    nothing: [],
    nothingMeans: 'nobody is known',
    ...(optional === undefined ? {} : { optional }),
    log: createLogger('test', 'silent'),
    changed: (_before, now) => seen.push(now),
  });
  await file.start();
  onTestFinished(async () => {
    file.stop();
    await rm(folder, { recursive: true });
  });
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
  await expect.poll(() => file.problem, SOON).toMatch(/can't be read \(ENOENT\); nobody is known$/);
  expect(file.content).toEqual([]);
});

it('a file that may be missing is no problem until it is there', async () => {
  const { file, write } = await watched({ optional: true });
  expect([file.content, file.problem]).toEqual([[], undefined]);
  await write('["ada"]');
  await expect.poll(() => file.content, SOON).toEqual(['ada']);
});
