import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { whyNoFile } from '@aegis/kit/errors';
import { makeFolder } from '@aegis/kit/files';
import { type FileLock, tryLock } from '@aegis/kit/files/lock';
import { folderProblem } from '../../../relay/data-directory.js';
import { CliError, failure } from '../../cli-error.ts';

/**
 * `stack`: held by a stack as long as it runs. `start`: held by whoever starts one in the background. `clients`: held by
 * whoever changes clients' files.
 */
type LockName = 'stack' | 'start' | 'clients';

const OTHERS_WRITE = 0o022;
const PERMISSIONS = 0o777;
const SHARED_FOLDER = 0o1000;

export const lockPath = (dataDir: string, name: LockName): string => join(dataDir, `${name}.lock`);

/** Takes from others what they may write in a directory of the user's own, as a `mkdir` before the first start leaves it. */
async function keepToOwner(dataDir: string): Promise<void> {
  const { uid, mode } = await stat(dataDir);
  const isOwn = uid === process.getuid?.() && (mode & SHARED_FOLDER) === 0;
  if (isOwn && (mode & OTHERS_WRITE) !== 0) await chmod(dataDir, mode & PERMISSIONS & ~OTHERS_WRITE);
}

const unusable = (detail: string, cause?: unknown): CliError =>
  failure('data_directory', 'The data directory is not usable', detail, cause);

/**
 * Takes a lock of a data directory, for this process alone; undefined where another process has it.
 *
 * @throws CliError `data_directory` where the directory can't be written, or is not this user's alone to write
 */
export async function lockDirectory(dataDir: string, name: LockName): Promise<FileLock | undefined> {
  try {
    await makeFolder(dataDir, 0o700);
    await keepToOwner(dataDir);
    const problem = await folderProblem(dataDir);
    if (problem !== undefined)
      throw unusable(
        `The data directory ${dataDir} is not used (${problem}): set AEGIS_DATA_DIR to one of your own.`,
      );
    return tryLock(lockPath(dataDir, name));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw unusable(
      `The data directory ${dataDir} can't be written, because ${whyNoFile(cause)}: make it writable for this user, or set AEGIS_DATA_DIR to another one.`,
      cause,
    );
  }
}
