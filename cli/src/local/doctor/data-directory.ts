import { access, constants, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { diskWarning } from '@aegis/kit/disk';
import { codeOf, whyNoFile } from '@aegis/kit/errors';
import { diskPercentOf } from '../disk-percent.ts';
import { fail, type Look, ok, warn } from './finding.ts';

const NAME = 'data directory';

/** The directory itself, or the nearest one above it that is there: that is where it would be made. */
async function nearest(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error;
    return nearest(parent);
  }
}

/** Permissions are not all that the system goes by: under /proc nobody makes a folder. */
async function tryFolder(parent: string): Promise<void> {
  const made = await mkdtemp(join(parent, '.aegis-')).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? Object.assign(new Error(parent), { code: 'EPERM' }) : error;
  });
  await rmdir(made);
}

export const lookAtDataDirectory: Look = async ({ dataDir, env }) => {
  try {
    const there = await nearest(resolve(dataDir));
    if (!(await stat(there)).isDirectory()) throw Object.assign(new Error(there), { code: 'ENOTDIR' });
    await access(there, constants.W_OK | constants.X_OK);
    const isThere = there === resolve(dataDir);
    if (!isThere) await tryFolder(there);
    const full = await diskWarning(there, diskPercentOf(env));
    return [
      ok(NAME, `${dataDir} ${isThere ? 'can be written' : 'will be made by the first start'}`),
      ...(full === undefined
        ? []
        : [warn(NAME, full, 'make room: what is on record is never removed by itself')]),
    ];
  } catch (error) {
    const mend = 'make it writable for this user, or set AEGIS_DATA_DIR to another directory';
    return [fail(NAME, `${dataDir} can't be written: ${whyNoFile(error)}`, mend)];
  }
};
