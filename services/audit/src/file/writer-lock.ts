import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@aegis/kit/errors';

export type WriterLock = { release(): void };

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'errcode' in error ? error.errcode : undefined;

/**
 * Takes the right to write `path`, for this process alone. Node has no file locks of its own, SQLite's are the system's:
 * the kernel lets go of them with the process, however it ends, and containers that share a volume see the same one.
 *
 * @throws AppError `audit_unavailable` where another writer has it or the lock file can't be made
 */
async function lockForWriting(path: string): Promise<WriterLock> {
  const lockPath = `${path}.lock`;
  let database: DatabaseSync | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    database = new DatabaseSync(lockPath, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    const sentence =
      codeOf(cause) === SQLITE_BUSY
        ? `Another audit service writes ${path} already. Stop it, or give this one a file of its own.`
        : `The lock ${lockPath} can't be taken: make its folder writable for this user.`;
    throw new AppError('audit_unavailable', sentence, { cause });
  }
  const held = database;
  return { release: () => held.close() };
}

/**
 * Takes the right to write each of these files.
 *
 * @throws AppError `audit_unavailable`; then none is held
 */
export async function lockFiles(paths: readonly string[]): Promise<WriterLock> {
  if (new Set(paths).size < paths.length) {
    throw new AppError(
      'audit_unavailable',
      `AUDIT_PATH and APPROVALS_PATH are both ${paths[0]}: name two files.`,
    );
  }
  const held: WriterLock[] = [];
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
