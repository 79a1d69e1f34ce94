import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '@aegis/kit/errors';
import { endOfLastLine, linesBackward, readAt } from './backward.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';

/** More than one write can hold: what a crash can have damaged lies within. */
const CHECKED_BYTES = 4 * 1024 * 1024;
const COPY_BYTES = 64 * 1024;

export type Tail = {
  length: number;
  last: Checkpoint | undefined;
  /** Where a torn end was moved to. */
  setAside?: string;
};

const damaged = (path: string, at: number): AppError =>
  new AppError(
    'audit_unavailable',
    `${path} is damaged in the middle, at byte ${at}. Move the file away and start again: it is written anew from the log.`,
  );

/** The end of what is whole. A last line with NUL in it was torn by a power cut even where a line break follows. */
async function wholeLength(file: FileHandle, size: number): Promise<number> {
  let length = await endOfLastLine(file, size);
  for await (const { at, text } of linesBackward(file, length)) {
    if (!text.includes('\0')) break;
    length = at;
  }
  return length;
}

/** Reads the last lines: each is one of ours, and their sequences rise, by one where `dense`. */
async function checkLastLines(file: FileHandle, path: string, length: number, dense: boolean) {
  let last: Checkpoint | undefined;
  let next: Checkpoint | undefined;
  for await (const { at, text } of linesBackward(file, length)) {
    const line = readCheckpoint(text);
    if (!line) throw damaged(path, at);
    if (next && (dense ? line.seq !== next.seq - 1 : line.seq >= next.seq)) throw damaged(path, at);
    last ??= line;
    next = line;
    if (length - at > CHECKED_BYTES) break;
  }
  return last;
}

/** Copies the bytes from `start` to `end` into a new file, durable when this resolves. */
async function copyAside(file: FileHandle, start: number, end: number, target: string): Promise<void> {
  await using copy = await open(target, 'wx', 0o640);
  for (let position = start; position < end; position += COPY_BYTES) {
    await copy.writeFile(await readAt(file, position, Math.min(COPY_BYTES, end - position)));
  }
  await copy.sync();
}

/**
 * Finds the last whole line. What follows it was torn by a crash: it is moved to `<path>.torn-<time>` and cut off, and
 * its events come again from the log.
 *
 * @throws AppError `audit_unavailable` where one of the last lines is whole but not ours, or out of order
 */
export async function recoverTail(file: FileHandle, path: string, dense: boolean, now: Date): Promise<Tail> {
  const { size } = await file.stat();
  const length = await wholeLength(file, size);
  const last = await checkLastLines(file, path, length, dense);
  if (length === size) return { length, last };
  const setAside = `${path}.torn-${now.toISOString().replaceAll(':', '-')}`;
  await copyAside(file, length, size, setAside);
  await file.truncate(length);
  await file.datasync();
  return { length, last, setAside };
}
