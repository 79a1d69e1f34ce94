import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createOnce } from './create-once.ts';

const LONGEST_NAME = 255;

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'aegis-once-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

it('of many who make a file at once one is first, and all find its content whole', async () => {
  const made = await folder();
  const path = join(made, 'seed');
  const contents = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1_000));
  const firsts = await Promise.all(contents.map((content) => createOnce(path, content)));
  expect(firsts.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(contents[firsts.indexOf(true)]);
  expect(await readdir(made)).toEqual(['seed']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('a file that is there is left alone, where nothing can be written beside it too', async () => {
  const path = join(await folder(), 's'.repeat(LONGEST_NAME));
  await writeFile(path, '');
  expect(await createOnce(path, 'other')).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('');
});

it('is an error where the folder is missing', async () => {
  await expect(createOnce(join(await folder(), 'nowhere', 'seed'), 'x')).rejects.toThrow('ENOENT');
});
