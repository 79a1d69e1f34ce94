import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that is written whole, beside the one that it will replace. */
export type Draft = { commit(): Promise<void>; discard(): Promise<void> };

/** Where a symbolic link leads, so that the link stays; the path itself where there is nothing yet. */
const realPathOf = (path: string): Promise<string> => realpath(path).catch(() => path);

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes the new content, readable by its owner only, to the disk. After `commit` a reader sees it, and never a part of it.
 *
 * @throws an error of the file system where this may not be written
 */
export async function draftFile(path: string, content: string): Promise<Draft> {
  const target = await realPathOf(path);
  const folder = dirname(target);
  const draft = `${target}.${randomUUID()}.tmp`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const handle = await open(draft, 'wx', 0o600);
  const discard = () => rm(draft, { force: true });
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await discard();
    throw error;
  } finally {
    await handle.close();
  }
  return {
    discard,
    async commit() {
      await rename(draft, target);
      await syncFolder(folder);
    },
  };
}
