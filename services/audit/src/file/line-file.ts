import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '@aegis/kit/files';
import type { Checkpoint } from './checkpoint.ts';
import { recoverTail } from './tail.ts';

/** The path no longer names the file that is open, or somebody else changed it: it has to be opened again. */
export class FileChangedError extends Error {}

/** A file of lines that only grows, by whole writes. */
export type LineFile = ReturnType<typeof createLineFile>;

export type Handle = Pick<FileHandle, 'read' | 'write' | 'truncate' | 'datasync' | 'stat' | 'close'>;

async function writeAll(handle: Handle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

async function onPath(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw new FileChangedError(`${path} was removed`, { cause });
  }
}

type Opened = { length: number; last: Checkpoint | undefined; setAside?: string | undefined };

/** Appends to an open file of which `length` bytes are whole lines. */
export function createLineFile(path: string, handle: Handle, opened: Opened) {
  let { length } = opened;
  let unfinished = false;
  return {
    path,
    handle,
    /** The last line when the file was opened. */
    last: opened.last,
    /** Where a torn end was moved to when the file was opened. */
    setAside: opened.setAside,
    /** Bytes of whole lines that are on the disk. */
    length: (): number => length,
    /** Adds whole lines, all or none; they are on the disk when this resolves. A failed one may be tried again. */
    async append(lines: string): Promise<void> {
      const bytes = Buffer.from(lines);
      if (unfinished) await handle.truncate(length);
      unfinished = true;
      await writeAll(handle, bytes);
      await handle.datasync();
      length += bytes.length;
      unfinished = false;
    },
    /** Sentences about what would keep the file from being opened again. @throws FileChangedError */
    async check(): Promise<string[]> {
      const [named, held] = await Promise.all([onPath(path), handle.stat()]);
      if (named.ino !== held.ino || named.dev !== held.dev)
        throw new FileChangedError(`${path} was replaced`);
      if (!unfinished && held.size !== length) throw new FileChangedError(`${path} was changed from outside`);
      const writable = (named.mode & 0o222) !== 0 && (await canWrite(path));
      return writable ? [] : [`${path} is read-only: give its owner the right to write to it`];
    },
    close: (): Promise<void> => handle.close(),
  };
}

const canWrite = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Makes the name of a new file durable, where the system knows how. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(dirname(path));
  await folder.sync();
}

/**
 * Opens the file, or makes it and its folders, and recovers its end. `dense`: each line's sequence is one more than the
 * one before.
 */
export async function openLineFile(path: string, dense: boolean, now: Date): Promise<LineFile> {
  await makeFolder(dirname(path));
  const handle = await open(path, 'a+', 0o640);
  try {
    const tail = await recoverTail(handle, path, dense, now);
    await syncFolder(path);
    return createLineFile(path, handle, tail);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
