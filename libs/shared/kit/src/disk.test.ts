import { expect, it } from 'vitest';
import { diskWarning } from './disk.ts';

const GIB_BLOCKS = 262_144;
/** A disk of 100 GiB, some of which only root may use. */
const disk =
  (free: number, available = free) =>
  async () => ({
    bsize: 4_096,
    blocks: 100 * GIB_BLOCKS,
    bfree: free * GIB_BLOCKS,
    bavail: available * GIB_BLOCKS,
  });

it('a disk is full as df counts: of what its user may use', async () => {
  expect(await diskWarning('/data', 80, disk(21))).toBeUndefined();
  expect(await diskWarning('/data', 80, disk(20))).toMatch(
    /^The disk of \/data is 80 % full, 20\.0 GiB are left: make room/,
  );
  expect(await diskWarning('/data', 80, disk(21, 16))).toContain('is 83 % full, 16.0 GiB are left');
  expect(await diskWarning('/data', 80, disk(5, 0))).toContain('is 100 % full, 0.0 GiB are left');
});

it('says nothing where nobody can tell', async () => {
  expect(await diskWarning('/nowhere/at/all', 1)).toBeUndefined();
  expect(await diskWarning('/', 1)).toContain('The disk of / is ');
});
