import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from './logger.ts';
import { watchWarning } from './warning.ts';

const GIB = 1_073_741_824;
const EXPECTED = 'expected a whole number from 1 to 100';

export const DiskEnv = z.object({
  /** How full a disk may be, in percent, before that is said. */
  DISK_WARNING_PERCENT: z.coerce
    .number(EXPECTED)
    .int(EXPECTED)
    .min(1, EXPECTED)
    .max(100, EXPECTED)
    .default(80),
});

type Usage = {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
};

/**
 * A sentence where the disk that holds this folder is as full as that, in percent of what its user may use, as `df` counts.
 * Undefined where it is not, or nobody can tell.
 */
export async function diskWarning(
  folder: string,
  percent: number,
  usageOf: (folder: string) => Promise<Usage> = statfs,
): Promise<string | undefined> {
  const usage = await usageOf(folder).catch(() => undefined);
  if (usage === undefined || usage.blocks === 0) return undefined;
  const used = usage.blocks - usage.bfree;
  const full = (100 * used) / (used + usage.bavail);
  if (!(full >= percent)) return undefined;
  const left = ((usage.bavail * usage.bsize) / GIB).toFixed(1);
  return (
    `The disk of ${folder} is ${Math.floor(full)} % full, ${left} GiB are left: make room, or move the data to a larger one. ` +
    'Once it is full, nothing is allowed any more.'
  );
}

/** Looks at a disk again and again. */
export const watchDisk = (folder: string, percent: number, log: Pick<Logger, 'warn'>) =>
  watchWarning(() => diskWarning(folder, percent), log);
