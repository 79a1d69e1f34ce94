import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@aegis/kit/errors';
import { makeFolder } from '@aegis/kit/files';
import { type FileLock, tryLock } from '@aegis/kit/files/lock';

const WAIT_MS = 3_000;
const POLL_MS = 15;

/**
 * Runs a task while no other replica runs one for this path.
 *
 * @throws AppError `version_conflict` where somebody else holds it too long, `read_only` where it can't be made
 */
export async function whileLocked<T>(path: string, task: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + WAIT_MS;
  let held: FileLock | undefined;
  try {
    await makeFolder(dirname(path), 0o700);
    while (!(held = tryLock(`${path}.lock`))) {
      if (Date.now() > giveUpAt)
        throw new AppError('version_conflict', `Somebody else is changing ${path}; try again.`);
      await sleep(POLL_MS);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const detail = `The webhooks file ${path} can not be changed: make its folder writable, or change it where it comes from.`;
    throw new AppError('read_only', detail, { cause });
  }
  try {
    return await task();
  } finally {
    held.release();
  }
}
