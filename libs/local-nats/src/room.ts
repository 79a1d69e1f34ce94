import { randomBytes } from 'node:crypto';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, whyNoFile } from '@aegis/kit/errors';

/** More than most events have. */
const TRIED_BYTES = 1_048_576;
/** With less left than this, nothing of ours can be sure to be stored. */
const LEAST_BYTES = 65_536;
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

const full = (folder: string): string =>
  `The disk of ${folder} is full: nothing can be stored, so nothing is allowed. Make room, and it goes on by itself.`;

const sentenceOf = (folder: string, error: unknown): string =>
  NO_ROOM.has(codeOf(error))
    ? full(folder)
    : `${folder} can not be written, because ${whyNoFile(error)}: nothing can be stored, so nothing is allowed. Mend that, and it goes on by itself.`;

/** What storing something in a folder ends with; undefined where it can be stored. */
async function storingError(folder: string): Promise<unknown> {
  const path = join(folder, 'room.tmp');
  try {
    await using file = await open(path, 'w', 0o600);
    await file.writeFile(randomBytes(TRIED_BYTES));
    await file.sync();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/**
 * Why nothing can be stored in a folder, found by storing something there: neither a quota nor a disk that only reads shows
 * in what is free. Undefined where it can.
 */
export async function storingProblem(folder: string): Promise<string | undefined> {
  const error = await storingError(folder);
  return error === undefined ? undefined : sentenceOf(folder, error);
}

/** Whether what keeps a folder from being stored in is that there is no room. */
export const hasNoRoom = async (folder: string): Promise<boolean> =>
  NO_ROOM.has(codeOf(await storingError(folder)));

/**
 * The same as {@link storingProblem} of a server's folder, at little cost: where it is there, and the system says that
 * something is free for this user, nothing is tried. What a server writes into a folder that was taken away is confirmed and
 * goes with it.
 */
export async function storeProblem(folder: string): Promise<string | undefined> {
  const store = join(folder, 'jetstream');
  const disk = await statfs(store).catch(codeOf);
  if (disk === 'ENOENT') {
    return `${store} is gone: nothing can be stored, so nothing is allowed. Bring it back, and it goes on by itself; where it can't be had, restart AegisMCP.`;
  }
  if (typeof disk === 'string') return undefined;
  const free = process.getuid?.() === 0 ? disk.bfree : disk.bavail;
  return free * disk.bsize < LEAST_BYTES ? storingProblem(folder) : undefined;
}
