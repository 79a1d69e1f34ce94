import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { searchNatsServer } from './find.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aegis-find-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function serverIn(folder: string, version: string): Promise<string> {
  const path = join(dir, folder, 'nats-server');
  await mkdir(join(dir, folder), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}

test('the first one on PATH that is new enough is taken and older ones are remembered', async () => {
  const old = await serverIn('old', '2.9.10');
  const good = await serverIn('good', '2.12.1');
  await serverIn('later', '2.15.1');
  const PATH = ['missing', 'old', 'good', 'later'].map((folder) => join(dir, folder)).join(':');
  expect(await searchNatsServer({ PATH, AEGIS_CACHE_DIR: join(dir, 'cache') })).toEqual({
    server: { path: good, version: '2.12.1', origin: 'path' },
    tooOld: [{ path: old, version: '2.9.10', origin: 'path' }],
  });
});

test('a file of that name that does not run is passed over', async () => {
  await mkdir(join(dir, 'broken'));
  await writeFile(join(dir, 'broken', 'nats-server'), 'not a program');
  const good = await serverIn('good', '2.15.1');
  const PATH = ['broken', 'good'].map((folder) => join(dir, folder)).join(':');
  expect((await searchNatsServer({ PATH })).server?.path).toBe(good);
});
