import { statSync } from 'node:fs';
import { realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { syncFolderOf, writeBeside } from './write-whole.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const PERMISSIONS = 0o7777;

export type ReplaceOptions = {
  /** `owner`: only its owner may read and write it, whoever could before. `kept`: as before, and `owner` where it is new. */
  readonly mode: 'owner' | 'kept';
};

/** New content that is on the disk, beside the file that it will replace. */
export type Draft = {
  /** From here on a reader sees the new content, and never a part of it. */
  commit(): Promise<void>;
  /** Throws the draft away; nothing after a commit. */
  discard(): Promise<void>;
};

/** Where a symbolic link leads, so that the link stays; the path itself where nothing is there. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
}

/** @throws EFTYPE where a device, a socket or a pipe has the name: a file in its place would take it from everybody */
function modeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return found && found.mode & PERMISSIONS;
  const [code, what] = found.isDirectory() ? ['EISDIR', 'a folder'] : ['EFTYPE', 'no regular file'];
  throw Object.assign(new Error(`${code}: ${path} is ${what}`), { code });
}

/**
 * Prepares new content for a file, for whoever has something to do between the content's safety and its coming into force.
 * Where `path` is a symbolic link, what it leads to is replaced. Folders that are missing are made, for their owner only.
 *
 * @throws an error of the file system where this may not be written; then all is as it was
 */
export async function draftFile(path: string, content: string, { mode }: ReplaceOptions): Promise<Draft> {
  const target = await realPathOf(path);
  const before = modeOf(target);
  const kept = mode === 'kept' ? before : undefined;
  await makeFolder(dirname(target), OWNER_ONLY_FOLDER);
  const draft = await writeBeside(target, content, { mode: kept ?? OWNER_ONLY, exactly: kept !== undefined });
  return {
    discard: () => rm(draft, { force: true }),
    async commit() {
      await rename(draft, target);
      await syncFolderOf(target);
    },
  };
}

/**
 * Replaces the content of a file, or makes it. A reader sees the old or the new one, never a part, and after a loss of power
 * it is one of them too. Where `path` is a symbolic link, what it leads to is replaced. Folders that are missing are made,
 * for their owner only.
 *
 * @throws an error of the file system; the file is as it was then, but where the disk fails under its folder at the very end
 */
export async function replaceFile(path: string, content: string, options: ReplaceOptions): Promise<void> {
  const draft = await draftFile(path, content, options);
  try {
    await draft.commit();
  } catch (error) {
    await draft.discard();
    throw error;
  }
}
