import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1_048_576;
const SIZE_MIB = 40;

/** A disk of its own, of 40 MiB, that can be filled. */
export type SmallDisk = {
  readonly folder: string;
  /** Takes all that is left. */
  fill(): Promise<void>;
  /** There is room again. */
  empty(): Promise<void>;
  unmount(): Promise<void>;
};

/** Undefined where this user may not mount one: that takes root on Linux. */
export function mountSmallDisk(): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-disk-'));
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', folder];
  if (process.platform !== 'linux' || spawnSync('mount', options).status !== 0) return undefined;
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: () => writeFile(filler, Buffer.alloc(SIZE_MIB * MIB)).catch(() => undefined),
    empty: () => rm(filler, { force: true }),
    async unmount() {
      spawnSync('umount', [folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
