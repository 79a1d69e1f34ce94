import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchNatsServer } from './fetch.ts';

const silent = { info: () => undefined, warn: () => undefined };
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'aegis-fetch-'));
  await mkdir(join(root, 'etc/apt/sources.list.d'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

const fetchOn = async (osRelease: string, sources: string) => {
  await writeFile(join(root, 'etc/os-release'), osRelease);
  await writeFile(join(root, 'etc/apt/sources.list.d/x.sources'), sources);
  return fetchNatsServer(join(root, 'cache'), silent, root);
};

test('where there is no apt archive to take it from, the three ways to get a server are named', async () => {
  const attempt = fetchOn('ID=alpine\n', '');
  await expect(attempt).rejects.toThrow(/^AegisMCP needs a nats-server 2\.12 .*this is alpine.*\.$/);
  await expect(attempt).rejects.toThrow(/brew install.*winget install.*scoop install.*docker run.*NATS_URL/);
});

test('a Debian whose sources name only third parties is told so', async () => {
  const third =
    'Types: deb\nURIs: https://t.example\nSuites: bookworm\nComponents: main\nSigned-By: /k/t.gpg\n';
  await expect(fetchOn('ID=debian\nVERSION_CODENAME=bookworm\n', third)).rejects.toThrow(
    'the apt sources name no main archive of debian bookworm',
  );
});
