import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tryLock } from '../files/lock.ts';
import { whyNoFile } from './system.ts';

async function inFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-words-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it.each<[string, (folder: string) => Promise<unknown>, string]>([
  ['that is missing', (dir) => readFile(join(dir, 'no')), 'there is no such file'],
  ['that is a folder', (dir) => readFile(dir), 'it is a folder'],
  [
    'below a file',
    async (dir) => {
      await writeFile(join(dir, 'a'), '');
      await readFile(join(dir, 'a', 'b'));
    },
    'what stands above it is no folder',
  ],
  [
    'that is a link to itself',
    async (dir) => {
      await symlink('a', join(dir, 'a'));
      await readFile(join(dir, 'a'));
    },
    'its links lead round in a circle',
  ],
  [
    'of a long name',
    (dir) => readFile(join(dir, 'x'.repeat(300))),
    'its name is longer than names here may be',
  ],
  [
    'that is there already',
    async (dir) => {
      await mkdir(join(dir, 'a'));
      await mkdir(join(dir, 'a'));
    },
    'it is there already',
  ],
])('a file %s is told in words', async (_, use, words) => {
  const thrown: unknown = await use(await inFolder()).catch((error: unknown) => error);
  expect(whyNoFile(thrown)).toContain(words);
  expect(whyNoFile(thrown)).not.toMatch(/\bE[A-Z]{3,}|SQLITE/);
});

/** Why a lock can't be taken. */
function whyNoLock(path: string): string | undefined {
  try {
    tryLock(path)?.release();
    return undefined;
  } catch (error) {
    return whyNoFile(error);
  }
}

it('a lock that can not be made is told in words, and no word of SQLite', async () => {
  const dir = await inFolder();
  expect(whyNoLock(join(dir, 'no', 'stack.lock'))).toContain('does not let you write there');
  await writeFile(join(dir, 'a'), 'no database of any kind, and longer than its header is'.repeat(50));
  expect(whyNoLock(join(dir, 'a'))).toBe('it is not the kind of file that is kept there');
});

it('what nobody has words for is said as the system says it', () => {
  expect(whyNoFile(Object.assign(new Error('x'), { code: 'EODD' }))).toBe('the system says EODD');
});
