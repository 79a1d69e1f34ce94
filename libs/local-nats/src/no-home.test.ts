import { expect, it, vi } from 'vitest';
import { searchNatsServer } from './find.ts';
import { obtainNatsServer } from './obtain.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  homedir: () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  },
}));
vi.mock('./find.ts', async (original) => ({
  ...(await original<typeof import('./find.ts')>()),
  searchNatsServer: vi.fn(async () => ({ server: undefined, tooOld: [] })),
}));

it('a user without a home is told where to keep a server that has to be fetched', async () => {
  const log = { info: () => undefined, warn: () => undefined };
  await expect(obtainNatsServer({ PATH: '' }, log)).rejects.toThrow(
    'this user has no home folder to keep one in: set AEGIS_CACHE_DIR to a folder for it.',
  );
  expect(searchNatsServer).toHaveBeenCalledOnce();
});
