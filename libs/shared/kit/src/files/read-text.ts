import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, whyNoFile } from '../errors/system.ts';

/** What a file that people write may have, in bytes: a larger one is a mistake, or somebody who wants the memory. */
export const MAX_FILE_BYTES = 1_048_576;

const CHUNK_BYTES = 65_536;
const POLL_MS = 50;
/** So long a writer is waited for. */
const WRITTEN_WITHIN_MS = 3_000;

/**
 * What stands at a path. `problem` is what is wrong and what to do about it, to be put behind the file's name: `is not UTF-8
 * text: save it as UTF-8`. `refused`: it was read, and is no such text; `unreadable`: nothing of it is known.
 */
export type ReadText =
  | { readonly state: 'text'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly state: 'refused'; readonly problem: string; readonly bytes?: Uint8Array }
  | { readonly state: 'missing' | 'unreadable'; readonly problem: string };

export type ReadTextOptions = {
  /** Larger files are refused; {@link MAX_FILE_BYTES} where it is not given. */
  readonly maxBytes?: number;
  /**
   * A file that was written to within so many milliseconds is read again later: for formats of which half a file is a file
   * too, and means something else. JSON is not one of these.
   */
  readonly stillForMs?: number;
};

/** All bytes, but never many more than `maxBytes`. */
async function readBytes(handle: FileHandle, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= maxBytes; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, length);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}

function toText(bytes: Buffer, maxBytes: number): ReadText {
  if (bytes.length > maxBytes) {
    return {
      state: 'refused',
      problem: `is larger than ${maxBytes} bytes, which is the limit: make it smaller`,
    };
  }
  try {
    return { state: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes };
  } catch {
    return { state: 'refused', problem: 'is not UTF-8 text: save it as UTF-8', bytes };
  }
}

const isYoung = ({ mtimeMs }: Stats, stillForMs: number): boolean => {
  const ageMs = Date.now() - mtimeMs;
  return ageMs >= 0 && ageMs < stillForMs;
};

/** Undefined while somebody writes it. */
async function readOnce(
  handle: FileHandle,
  { maxBytes = MAX_FILE_BYTES, stillForMs = 0 }: ReadTextOptions,
): Promise<ReadText | undefined> {
  const before = await handle.stat();
  if (!before.isFile()) {
    const what = before.isDirectory() ? 'is a folder' : 'is no file';
    return { state: 'unreadable', problem: `${what}: put the file in its place` };
  }
  const bytes = await readBytes(handle, maxBytes);
  const after = await handle.stat();
  const isMoving = after.mtimeMs !== before.mtimeMs || after.size !== before.size;
  return isMoving || isYoung(after, stillForMs) ? undefined : toText(bytes, maxBytes);
}

/** Opened anew each time: whoever replaces a file leaves the old one to those who have it open. */
async function tryToRead(path: string, options: ReadTextOptions): Promise<ReadText | undefined> {
  // A pipe without a writer would be waited for without an end.
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return await readOnce(handle, options);
}

/**
 * The text of a file that people write: UTF-8 and nothing else (a byte order mark at its start is left out), no larger than
 * the limit, and never the half of what somebody is writing. Never throws.
 */
export async function readText(path: string, options: ReadTextOptions = {}): Promise<ReadText> {
  const giveUpAt = Date.now() + WRITTEN_WITHIN_MS;
  try {
    while (Date.now() < giveUpAt) {
      const read = await tryToRead(path, options);
      if (read !== undefined) return read;
      await sleep(POLL_MS);
    }
    return { state: 'refused', problem: 'is still being written: it is read again when it changes' };
  } catch (error) {
    const state = codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable';
    return { state, problem: `can't be read: ${whyNoFile(error)}` };
  }
}
