import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@aegis/kit/errors';

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const WAIT_MS = 3_000;
const POLL_MS = 15;

function tryToLock(lockPath: string): DatabaseSync | undefined {
  const database = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

async function lock(path: string): Promise<DatabaseSync> {
  const giveUpAt = Date.now() + WAIT_MS;
  for (;;) {
    const held = tryToLock(`${path}.lock`);
    if (held) return held;
    if (Date.now() > giveUpAt) {
      throw new AppError('version_conflict', `Somebody else is changing ${path}; try again.`);
    }
    await sleep(POLL_MS);
  }
}

/**
 * Runs a task while no other replica runs one for this path. Node has no file locks of its own, SQLite's are the system's: the
 * kernel lets go of them with the process, and containers that share a volume see the same one.
 *
 * @throws AppError `version_conflict` where somebody else holds it too long, `read_only` where it can't be made
 */
export async function whileLocked<T>(path: string, task: () => Promise<T>): Promise<T> {
  let held: DatabaseSync;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    held = await lock(path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const detail = `The webhooks file ${path} can not be changed: make its folder writable, or change it where it comes from.`;
    throw new AppError('read_only', detail, { cause });
  }
  try {
    return await task();
  } finally {
    held.close();
  }
}
