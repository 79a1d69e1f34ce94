import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aegis-folder-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('makes what is missing, with its mode, also twice at once, and leaves what is there', async () => {
  const path = join(dir, 'a', 'b', 'c');
  await Promise.all([makeFolder(path, 0o700), makeFolder(path, 0o700)]);
  await makeFolder(path);
  const modes = await Promise.all([join(dir, 'a'), path].map((one) => stat(one)));
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700]);
  await makeFolder('/');
});

it('says what stands in its place, or above it', async () => {
  await writeFile(join(dir, 'file'), '');
  await expect(makeFolder(join(dir, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(dir, 'file', 'in', 'it'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(existsSync('/proc/self'))(
  'ends where the system makes no folder and says that there is none',
  async () => {
    await expect(makeFolder('/proc/aegis/in/it', 0o700)).rejects.toMatchObject({ code: 'EPERM' });
  },
);
