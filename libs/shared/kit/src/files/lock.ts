import { lstatSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A lock that this process holds. It ends with the process, however that ends, so no lock is ever stale. */
export type FileLock = {
  /** Lets go of it; once more is nothing. */
  release(): void;
};

/** https://sqlite.org/rescode.html#busy; an extended code has it in its lowest byte. */
const SQLITE_BUSY = 5;
const PRIMARY = 0xff;

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  (error.errcode & PRIMARY) === SQLITE_BUSY;

/**
 * Takes the lock that stands for the file at `lockPath`, which is made where it is missing; undefined where somebody else
 * has it, in this process too. Never waits. Node has no file locks of its own, SQLite's are the system's: the kernel lets
 * go of them with the process, and containers that share a volume see the same one.
 *
 * @throws an error of SQLite where the file can't be made, as in a folder that is missing, or is something else
 */
export function tryLock(lockPath: string): FileLock | undefined {
  const database = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/**
 * Whether somebody has the lock that stands for the file at `lockPath`, in this process too. It is only read: nothing is
 * made where it is missing, and what others left beside it is not taken up.
 */
export function isHeld(lockPath: string): boolean {
  if (!lstatSync(lockPath, { throwIfNoEntry: false })?.isFile()) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(lockPath, { timeout: 0, readOnly: true });
    database.exec('PRAGMA schema_version');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}
