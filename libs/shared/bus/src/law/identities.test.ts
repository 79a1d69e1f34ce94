import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureIdentities, IDENTITIES, inboxPrefix, isInbox, seedFile } from './identities.ts';

let keysDir: string;

beforeEach(async () => {
  keysDir = join(await mkdtemp(join(tmpdir(), 'aegis-keys-')), 'keys');
});

afterEach(() => rm(join(keysDir, '..'), { recursive: true, force: true }));

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

test('every identity gets a seed that only the owner can read', async () => {
  const keys = await ensureIdentities(keysDir);
  expect(await readdir(keysDir)).toHaveLength(IDENTITIES.length);
  expect(await modeOf(keysDir)).toBe('700');
  for (const identity of IDENTITIES) {
    expect(await modeOf(seedFile(keysDir, identity))).toBe('600');
    expect(keys[identity]).toMatch(/^U[A-Z0-9]{55}$/);
    expect(await readFile(seedFile(keysDir, identity), 'utf8')).toMatch(/^SU[A-Z0-9]{56}\n$/);
  }
  expect(new Set(Object.values(keys)).size).toBe(IDENTITIES.length);
});

test('later starts, two at once too, keep the seeds', async () => {
  const [first, second] = await Promise.all([ensureIdentities(keysDir), ensureIdentities(keysDir)]);
  expect(second).toEqual(first);
  expect(await ensureIdentities(keysDir)).toEqual(first);
});

const folderOf = (identity: string): string => join(keysDir, identity);

test('each identity may have a folder of its own, in which there is no other seed', async () => {
  const keys = await ensureIdentities(folderOf);
  for (const identity of IDENTITIES) {
    expect(await readdir(folderOf(identity))).toEqual([`${identity}.nk`]);
    expect(await modeOf(folderOf(identity))).toBe('700');
  }
  expect(await ensureIdentities(folderOf)).toEqual(keys);
});

test('a damaged seed is named', async () => {
  await ensureIdentities(keysDir);
  await writeFile(seedFile(keysDir, 'audit'), 'rubbish');
  await expect(ensureIdentities(keysDir)).rejects.toThrow(/audit\.nk is damaged: delete it/);
});

test.each(IDENTITIES)('an answer may go to an inbox of %s', (identity) => {
  expect(isInbox(`${inboxPrefix(identity)}.abc.1`)).toBe(true);
});

test('an answer may go to a subject that the server made for a request from another account', () => {
  expect(isInbox('_R_.AbCdEf.1')).toBe(true);
});

test.each([
  '_R_',
  'x._R_.y',
  'aegis.log.approval.x',
  '$JS.API.STREAM.PURGE.AEGIS_TIMERS',
  '_INBOX.x',
  '_INBOX_mcp',
  'x._INBOX_mcp.y',
  '',
])('an answer may not go to "%s"', (subject) => {
  expect(isInbox(subject)).toBe(false);
});
