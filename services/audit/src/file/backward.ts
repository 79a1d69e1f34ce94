import type { FileHandle } from 'node:fs/promises';

const LF = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** One line: where it starts, in bytes, and its text without the line break. */
export type Line = { at: number; text: string };
export type Readable = Pick<FileHandle, 'read'>;

/** Up to `size` bytes at a position; fewer where the file is shorter. */
export async function readAt(file: Readable, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(buffer, filled, size - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The offset just after the last line break before `end`, 0 where there is none. Memory does not grow with the file. */
export async function endOfLastLine(file: Readable, end: number): Promise<number> {
  for (let position = end; position > 0; ) {
    const size = Math.min(CHUNK_BYTES, position);
    position -= size;
    const newline = (await readAt(file, position, size)).lastIndexOf(LF);
    if (newline !== -1) return position + newline + 1;
  }
  return 0;
}

/** The lines before offset `end`, which is just after a line break: the last one first. Holds one chunk and one line. */
export async function* linesBackward(file: Readable, end: number): AsyncGenerator<Line, void, undefined> {
  let carry: Buffer = Buffer.alloc(0);
  for (let position = end; position > 0; ) {
    const size = Math.min(CHUNK_BYTES, position);
    position -= size;
    const block = Buffer.concat([await readAt(file, position, size), carry]);
    let stop = block.length;
    while (stop > 1) {
      const newline = block.lastIndexOf(LF, stop - 2);
      if (newline === -1) break;
      yield { at: position + newline + 1, text: block.toString('utf8', newline + 1, stop - 1) };
      stop = newline + 1;
    }
    carry = block.subarray(0, stop);
  }
  if (carry.length > 0) yield { at: 0, text: carry.toString('utf8', 0, carry.length - 1) };
}
