import { chmod, lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyDigest } from '@aegis/kit/keys';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

async function inDirectory() {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const path = join(AEGIS_DATA_DIR, 'mcp-keys.json');
  const aegis = async (...args: string[]) => {
    const host = fakeHost({ env: { AEGIS_DATA_DIR } });
    await run(host, ['keys', ...args]);
    return host;
  };
  return { path, aegis, keys: async () => JSON.parse(await readFile(path, 'utf8')) as unknown };
}

test('a new key is printed once, and the file keeps its digest, for its owner only', async () => {
  const { path, aegis, keys } = await inDirectory();
  const host = await aegis('add', 'ci');
  const key = host.out().trim();
  expect([host.exitCode, key]).toEqual([0, expect.stringMatching(/^aegis_[\w-]{43}$/)]);
  expect(await keys()).toEqual({ keys: { ci: keyDigest(key) } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(host.err()).toContain('This key is shown once');
});

test('keys are listed by name and digest, and removed', async () => {
  const { aegis, keys } = await inDirectory();
  await aegis('add', 'ci');
  const second = (await aegis('add', 'ada', '--json')).out();
  const { key } = JSON.parse(second) as { key: string };
  expect((await aegis('list')).out().split('\n')).toContain(`ada\t${keyDigest(key)}`);
  const removed = await aegis('remove', 'ci');
  expect(removed.out()).toBe('The key ci is no longer good.\n');
  expect(removed.err()).not.toContain('It was the last one');
  expect(await keys()).toEqual({ keys: { ada: keyDigest(key) } });
  expect((await aegis('remove', 'ada')).err()).toContain(
    'It was the last one: now nobody is let in over HTTP',
  );
});

test('where nobody can say who is on the log, the file is kept all the same, and that is said', async () => {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const env = {
    AEGIS_DATA_DIR,
    NATS_URL: 'nats://127.0.0.1:1',
    NATS_NKEY_FILE: join(AEGIS_DATA_DIR, 'none'),
  };
  const aegis = async (...args: string[]) => {
    const host = fakeHost({ env });
    await run(host, ['keys', ...args]);
    return host;
  };
  expect((await aegis('add', 'ci')).exitCode).toBe(0);
  const listed = await aegis('list');
  expect([listed.exitCode, listed.out()]).toEqual([0, expect.stringMatching(/^ci\t/m)]);
  expect(listed.err()).toContain(', so these are the keys of the file only.');
  const removed = await aegis('remove', 'ci');
  expect([removed.exitCode, removed.err()]).toEqual([
    0,
    expect.stringContaining('only the file was looked at: a key of ci on the log stays good.'),
  ]);
  expect((await aegis('remove', 'ci')).err()).not.toContain('There is no key of the name');
});

test('a name is used once', async () => {
  const { aegis } = await inDirectory();
  await aegis('add', 'ci');
  const again = await aegis('add', 'ci');
  expect([again.exitCode, again.out()]).toEqual([1, '']);
  expect(again.err()).toContain('There is a key of the name ci already');
});

test.each([
  [['remove', 'nobody'], 1, 'There is no key of the name nobody'],
  [['remove', 'constructor'], 1, 'There is no key of the name constructor'],
  [['add', '__proto__'], 2, 'expected 1 to 64 characters'],
  [['add', 'a b'], 2, 'expected 1 to 64 characters'],
])('aegis keys %j says what is wrong', async (args, code, words) => {
  const { aegis } = await inDirectory();
  const host = await aegis(...args);
  expect([host.exitCode, host.err()]).toEqual([code, expect.stringContaining(words)]);
});

test.each(BAD_FILES)(
  'a file that is $what is refused as the firewall refuses it, and left alone',
  async ({ put, problem }) => {
    const { path, aegis } = await inDirectory();
    await put(path);
    const host = await aegis('add', 'ci');
    expect([host.exitCode, host.err()]).toEqual([1, expect.stringMatching(problem)]);
  },
);

test('a broken file is left alone', async () => {
  const { path, aegis } = await inDirectory();
  await writeFile(path, '{"keys": []}');
  const host = await aegis('add', 'ci');
  expect([host.exitCode, host.err()]).toEqual([1, expect.stringContaining('is no keys file: keys: ')]);
  expect(await readFile(path, 'utf8')).toBe('{"keys": []}');
});

test('a link to the file stays a link, and what was left beside it widens nothing', async () => {
  const { path, aegis } = await inDirectory();
  const real = join(await temporaryDirectory(), 'real.json');
  await writeFile(real, '{"keys":{}}');
  await symlink(real, path);
  const left = `${real}.${process.pid}.tmp`;
  await writeFile(left, 'old');
  await chmod(left, 0o644);
  await aegis('add', 'ci');
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect(await readFile(real, 'utf8')).toContain('"ci": "sha256:');
  expect((await stat(real)).mode & 0o777).toBe(0o600);
});

test('MCP_KEYS_FILE says where', async () => {
  const MCP_KEYS_FILE = join(await temporaryDirectory(), 'elsewhere', 'keys.json');
  const host = fakeHost({ env: { MCP_KEYS_FILE } });
  await run(host, ['keys', 'add', 'ci']);
  expect(await readFile(MCP_KEYS_FILE, 'utf8')).toContain('"ci": "sha256:');
});
