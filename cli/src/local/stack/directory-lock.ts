import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../../cli-error.ts';

/** `stack`: held by a stack as long as it runs. `start`: held by whoever starts one in the background. */
type LockName = 'stack' | 'start';

export type DirectoryLock = { release(): void };

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

/**
 * Takes a lock of a data directory, for this process alone; undefined where another process has it. It is SQLite's, which
 * is the system's: the kernel lets go of it with the process, however that ends, so no lock is ever stale.
 *
 * @throws CliError `data_directory` where the directory can't be written
 */
export async function lockDirectory(dataDir: string, name: LockName): Promise<DirectoryLock | undefined> {
  let database: DatabaseSync | undefined;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(dataDir, `${name}.lock`), { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return undefined;
    throw failure(
      'data_directory',
      'The data directory is not usable',
      `The data directory ${dataDir} can't be written (${codeOf(cause) ?? String(cause)}): make it writable for this user, or set AEGIS_DATA_DIR to another one.`,
      cause,
    );
  }
  const held = database;
  return { release: () => held.close() };
}
