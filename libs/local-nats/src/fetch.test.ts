import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { fetchNatsServer } from './fetch.ts';

const log = { info: () => undefined, warn: () => undefined };
let said: string[];
let root: string;

beforeEach(async () => {
  said = [];
  root = await mkdtemp(join(tmpdir(), 'aegis-fetch-'));
  await mkdir(join(root, 'etc/apt/sources.list.d'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

const fetchOn = async (osRelease: string, sources: string) => {
  await writeFile(join(root, 'etc/os-release'), osRelease);
  await writeFile(join(root, 'etc/apt/sources.list.d/x.sources'), sources);
  return fetchNatsServer(join(root, 'cache'), { log, say: (sentence) => said.push(sentence) }, root);
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

test('whoever waits hears that it is fetched, from where and where to, and in the end why it is not', async () => {
  vi.stubEnv('PATH', root);
  onTestFinished(() => void vi.unstubAllEnvs());
  const main =
    'Types: deb\nURIs: http://127.0.0.1:1/debian\nSuites: bookworm\nComponents: main\nSigned-By: /k/debian-archive-keyring.gpg\n';
  await expect(fetchOn('ID=debian\nVERSION_CODENAME=bookworm\n', main)).rejects.toThrow(
    "AegisMCP needs a nats-server 2.12 or newer and can't fetch one here (trixie: ",
  );
  expect(said).toEqual([
    `No nats-server 2.12 or newer is here: fetching one from the archive of debian into ${join(root, 'cache')}, once; this may take a minute or two.`,
  ]);
});
