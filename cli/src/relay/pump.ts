import type { Readable } from 'node:stream';
import { type LineOptions, readLines } from '@aegis/firewall/wire';

export type PumpOptions = Pick<LineOptions, 'tooLong'> & {
  /** Takes a line, its ending included. */
  readonly line: (line: Buffer) => void;
  /** Undefined where there is room for more lines, else resolves once there is. */
  readonly room: () => Promise<void> | undefined;
};

/** Hands on the lines of a stream, each once there is room for it. Resolves when no more comes, whyever that is. */
export async function pump(stream: Readable, { line, room, tooLong }: PumpOptions): Promise<void> {
  try {
    for await (const one of readLines(stream, { tooLong, withEnding: true })) {
      line(one);
      const until = room();
      if (until !== undefined) await until;
    }
  } catch {
    // The stream is gone, and what it had to say with it.
  }
}
