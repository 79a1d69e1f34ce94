import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseApprovers } from '@aegis/contracts/approvers-file';
import { keyDigest } from '@aegis/kit/keys';
import { expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

async function inDirectory() {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const path = join(AEGIS_DATA_DIR, 'approvers.json');
  const aegis = async (...args: string[]) => {
    const host = fakeHost({ env: { AEGIS_DATA_DIR } });
    await run(host, ['approvers', ...args]);
    return host;
  };
  return { path, aegis, text: () => readFile(path, 'utf8') };
}

test('a new approver gets a key, shown once, and the file keeps its digest, for its owner only', async () => {
  const { path, aegis, text } = await inDirectory();
  const host = await aegis('add', 'ada', '--role', 'finance', '--role', 'admin', '--principal', 'key:laptop');
  const key = host.out().trim();
  expect([host.exitCode, key]).toEqual([0, expect.stringMatching(/^aegis_approver_[\w-]{43}$/)]);
  expect(host.err()).toContain('This key is shown once');
  const ada = { key: keyDigest(key), roles: ['finance', 'admin'], principals: ['key:laptop'] };
  expect(parseApprovers(await text())).toEqual({ file: { approvers: { ada } } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('approvers are listed with their roles, and removed', async () => {
  const { aegis } = await inDirectory();
  await aegis('add', 'ada', '--role', 'finance');
  const { key } = JSON.parse((await aegis('add', 'bob', '--json')).out()) as { key: string };
  const rows = (await aegis('list')).out().split('\n');
  expect(rows).toEqual([expect.stringMatching(/^ada\tfinance\t\tsha256:/), `bob\t\t\t${keyDigest(key)}`, '']);
  expect((await aegis('remove', 'ada')).out()).toBe('ada approves nothing any more.\n');
  expect((await aegis('list')).out()).not.toContain('ada');
});

test.each([
  [['add', 'ada'], 1, 'There is an approver of the name ada already'],
  [['add', 'bob', '--role', 'ada'], 2, 'there is an approver named ada'],
  [['add', 'approval-code'], 2, 'expected another name'],
  [['add', 'a b'], 2, 'expected 1 to 64 characters'],
  [['add', 'bob', '--role', 'a b'], 2, 'expected 1 to 64 characters'],
  [['remove', 'bob'], 1, 'There is no approver of the name bob'],
])('aegis approvers %j changes nothing and says why', async (args, code, words) => {
  const { aegis, text } = await inDirectory();
  await aegis('add', 'ada');
  const before = await text();
  const host = await aegis(...args);
  expect([host.exitCode, host.err(), host.out()]).toEqual([code, expect.stringContaining(words), '']);
  expect(await text()).toBe(before);
});

test('a broken file is left alone', async () => {
  const { path, aegis, text } = await inDirectory();
  await writeFile(path, '{"approvers": []}');
  const host = await aegis('add', 'ada');
  expect([host.exitCode, host.err()]).toEqual([
    1,
    expect.stringContaining('is no approvers file: approvers: '),
  ]);
  expect(await text()).toBe('{"approvers": []}');
});

test('--file comes before APPROVERS_FILE', async () => {
  const folder = await temporaryDirectory();
  const [fromEnv, given] = [join(folder, 'env.json'), join(folder, 'deep', 'given.json')];
  const add = (...args: string[]) =>
    run(fakeHost({ env: { APPROVERS_FILE: fromEnv } }), ['approvers', 'add', ...args]);
  await add('ada');
  await add('bob', '--file', given);
  expect([await readFile(fromEnv, 'utf8'), await readFile(given, 'utf8')]).toEqual([
    expect.stringContaining('"ada"'),
    expect.stringContaining('"bob"'),
  ]);
});
