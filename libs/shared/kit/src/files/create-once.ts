import { existsSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { syncFolderOf, writeBeside } from './write-whole.ts';

const OWNER_ONLY = 0o600;

/**
 * Makes a file that only its owner can read and write, whole or not at all. Of many who do it at once one is first, and a
 * file that is there already is left alone, in a folder that can't be written too. Its folder has to be there.
 *
 * @returns whether it is the one that was made here
 * @throws an error of the file system where it can't be made
 */
export async function createOnce(path: string, content: string): Promise<boolean> {
  if (existsSync(path)) return false;
  const written = await writeBeside(path, content, { mode: OWNER_ONLY, exactly: false });
  try {
    // A link, unlike a rename, fails where the name is taken.
    await link(written, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
  await syncFolderOf(path);
  return true;
}
