import { expect, it, vi } from 'vitest';
import { knownClientFiles } from '../src/protect/known-clients.ts';
import { dataDirOf } from './data-directory.js';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  homedir: () => {
    throw Object.assign(new Error('A system error occurred: uv_os_homedir returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
  },
}));

it('a user that has no home is told what to set, and needs none where that is set', () => {
  expect(() => dataDirOf({}, '/')).toThrow(
    'This user has no home folder: set AEGIS_DATA_DIR to a folder for what the firewall keeps, or HOME.',
  );
  expect(dataDirOf({ AEGIS_DATA_DIR: '/srv/aegis' }, '/')).toBe('/srv/aegis');
  expect(knownClientFiles('/srv', {})).not.toEqual([]);
});
