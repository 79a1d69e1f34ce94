import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { besideData, dataDirOf, formerData, program, startCommand } from './data-directory.js';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aegis-where-'));
  symlinkSync(PROJECT, join(folder, 'project'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the data directory', () => {
  it('is the one that is named, in every folder', () => {
    for (const cwd of [PROJECT, folder]) expect(dataDirOf({ AEGIS_DATA_DIR: 'mine' }, cwd)).toBe('mine');
  });

  it('is ./data in the folder of this project, by whatever name', () => {
    for (const cwd of [PROJECT, join(folder, 'project')]) expect(dataDirOf({}, cwd)).toBe('./data');
  });

  it.each([
    [{ XDG_STATE_HOME: '/x' }, 'linux', '/x/aegismcp'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/home/ada' }, 'linux', '/home/ada/.local/state/aegismcp'],
    [{ HOME: '/home/ada' }, 'linux', '/home/ada/.local/state/aegismcp'],
    [{ HOME: '/Users/ada' }, 'darwin', '/Users/ada/Library/Application Support/aegismcp'],
    [{ LOCALAPPDATA: '/ada/Local' }, 'win32', '/ada/Local/aegismcp'],
    [{}, 'linux', join(homedir(), '.local/state/aegismcp')],
  ] as const)('is the user’s elsewhere: %j on %s', (env, platform, expected) => {
    expect(dataDirOf(env, folder, platform)).toBe(expected);
    mkdirSync(join(folder, 'data', 'broker'), { recursive: true });
    expect(dataDirOf(env, folder, platform)).toBe(expected);
  });
});

it('what people write for it is beside it, and nothing that lies in another folder', () => {
  expect(besideData('policy.yml', {}, PROJECT)).toBe('./policy.yml');
  expect(besideData('policy.yml', { AEGIS_DATA_DIR: '/d' }, PROJECT)).toBe('./policy.yml');
  for (const AEGIS_DATA_DIR of ['data', join(folder, 'a', 'data'), '.'])
    expect(besideData('policy.yml', { AEGIS_DATA_DIR }, folder)).toBe('./policy.yml');
  for (const AEGIS_DATA_DIR of ['/home/ada/data', '/home/ada/data/'])
    expect(besideData('policy.yml', { AEGIS_DATA_DIR }, folder)).toBe('/home/ada/policy.yml');
  expect(besideData('policy.yml', { XDG_STATE_HOME: '/x' }, folder)).toBe('/x/aegismcp/policy.yml');
});

it('a ./data of before is a sentence that says how to go on with it', () => {
  mkdirSync(join(folder, 'data', 'broker'), { recursive: true });
  expect(formerData({}, folder)).toContain(`to go on with it, set AEGIS_DATA_DIR=${join(folder, 'data')}`);
  expect(formerData({ AEGIS_DATA_DIR: 'data' }, folder)).toBe('');
  expect(formerData({}, PROJECT)).toBe('');
  expect(formerData({}, join(folder, 'data'))).toBe('');
});

it('a sentence names a program that can be called where the person is', () => {
  expect([program(PROJECT), startCommand(PROJECT)]).toEqual(['npx aegis', 'npm start']);
  const launcher = join(PROJECT, 'cli/bin/aegis.js');
  expect([program(folder), startCommand(folder)]).toEqual([launcher, `${launcher} up`]);
});
