import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@aegis/kit/errors';
import { type FileLock, tryLock } from '@aegis/kit/files/lock';
import { failure } from '../../cli-error.ts';

/** `stack`: held by a stack as long as it runs. `start`: held by whoever starts one in the background. */
type LockName = 'stack' | 'start';

/**
 * Takes a lock of a data directory, for this process alone; undefined where another process has it.
 *
 * @throws CliError `data_directory` where the directory can't be written
 */
export async function lockDirectory(dataDir: string, name: LockName): Promise<FileLock | undefined> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return tryLock(join(dataDir, `${name}.lock`));
  } catch (cause) {
    throw failure(
      'data_directory',
      'The data directory is not usable',
      `The data directory ${dataDir} can't be written (${codeOf(cause)}): make it writable for this user, or set AEGIS_DATA_DIR to another one.`,
      cause,
    );
  }
}
