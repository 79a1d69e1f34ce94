import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** File systems and systems that have no way to sync a folder, or folders that one may write and not read. */
const NO_FOLDER_SYNC: ReadonlySet<string> = new Set([
  'EACCES',
  'EBADF',
  'EINVAL',
  'EISDIR',
  'ENOTSUP',
  'EPERM',
]);

/** Puts a file's name in its folder onto the disk, so that it is there after a loss of power too. */
export async function syncFolderOf(path: string): Promise<void> {
  try {
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/**
 * Writes a new file beside `path`, whole and onto the disk, with a name of its own.
 *
 * @param mode its permissions, less what the umask forbids
 * @param exactly the umask forbids nothing
 * @returns its path
 * @throws an error of the file system; then nothing is left of it
 */
export async function writeBeside(
  path: string,
  content: string,
  { mode, exactly }: { readonly mode: number; readonly exactly: boolean },
): Promise<string> {
  const written = `${path}.${randomUUID()}.tmp`;
  await using handle = await open(written, 'wx', mode);
  try {
    if (exactly) await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
  return written;
}
