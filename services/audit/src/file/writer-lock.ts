import { dirname } from 'node:path';
import { AppError } from '@aegis/kit/errors';
import { makeFolder } from '@aegis/kit/files';
import { type FileLock, tryLock } from '@aegis/kit/files/lock';

/**
 * Takes the right to write `path`, for this process alone.
 *
 * @throws AppError `audit_unavailable` where another writer has it or the lock file can't be made
 */
async function lockForWriting(path: string): Promise<FileLock> {
  const lockPath = `${path}.lock`;
  let held: FileLock | undefined;
  try {
    await makeFolder(dirname(path));
    held = tryLock(lockPath);
  } catch (cause) {
    const sentence = `The lock ${lockPath} can't be taken: make its folder writable for this user.`;
    throw new AppError('audit_unavailable', sentence, { cause });
  }
  if (held !== undefined) return held;
  const sentence = `Another audit service writes ${path} already. Stop it, or give this one a file of its own.`;
  throw new AppError('audit_unavailable', sentence);
}

/**
 * Takes the right to write each of these files.
 *
 * @throws AppError `audit_unavailable`; then none is held
 */
export async function lockFiles(paths: readonly string[]): Promise<FileLock> {
  if (new Set(paths).size < paths.length) {
    throw new AppError(
      'audit_unavailable',
      `AUDIT_PATH and APPROVALS_PATH are both ${paths[0]}: name two files.`,
    );
  }
  const held: FileLock[] = [];
  const release = (): void => {
    for (const lock of held) lock.release();
  };
  try {
    for (const path of paths) held.push(await lockForWriting(path));
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}
