import { describe, expect, it } from 'vitest';
import { endOfLastLine, linesBackward, type Readable } from './backward.ts';
import { seekSeq } from './seek.ts';

/** A file in memory that gives short reads, as a real one may. */
const fileOf = (bytes: Buffer): Readable & { reads: number } => {
  const file = {
    reads: 0,
    read: async (target: Buffer, offset: number, length: number, position: number) => {
      file.reads++;
      const bytesRead = bytes.copy(target, offset, position, position + Math.min(length, 50_000));
      return { bytesRead, buffer: target };
    },
  };
  return file as unknown as Readable & { reads: number };
};
const readAll = async (text: string) => {
  const bytes = Buffer.from(text);
  const lines = [];
  for await (const line of linesBackward(fileOf(bytes), bytes.length)) lines.push(line);
  return lines;
};

describe('reading backward', () => {
  it('gives every line once, the last first, with its place', async () => {
    for (const size of [1, 10, 65_535, 65_536, 65_537, 200_000]) {
      const lines = ['first', 'ü'.repeat(size), '', 'x'.repeat(size), 'last'];
      const text = lines.map((line) => `${line}\n`).join('');
      const read = await readAll(text);
      expect(read.map((line) => line.text)).toEqual(lines.toReversed());
      for (const { at, text: line } of read) {
        expect(Buffer.from(text).toString('utf8', at, at + Buffer.byteLength(line))).toBe(line);
      }
    }
  });

  it('gives nothing for an empty file', async () => {
    expect(await readAll('')).toEqual([]);
    expect(await readAll('\n')).toEqual([{ at: 0, text: '' }]);
  });

  it('finds the end of the last whole line, however much follows it', async () => {
    for (const rest of [0, 1, 65_536, 300_000]) {
      const bytes = Buffer.concat([Buffer.from('one\ntwo\n'), Buffer.alloc(rest)]);
      expect(await endOfLastLine(fileOf(bytes), bytes.length)).toBe(8);
    }
    expect(await endOfLastLine(fileOf(Buffer.alloc(9)), 9)).toBe(0);
  });
});

describe('finding a sequence', () => {
  it('comes close to it without reading the file', async () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, i) => `{"seq":${i + 1},"note":"${'n'.repeat(i % 300)}"}\n`,
    );
    const bytes = Buffer.from(lines.join(''));
    for (const seq of [1, 2, 777, 25_000, 49_999, 50_000, 60_000]) {
      const file = fileOf(bytes);
      const offset = await seekSeq(file, bytes.length, seq);
      const exact = Buffer.byteLength(lines.slice(0, seq - 1).join(''));
      expect(offset).toBeGreaterThanOrEqual(Math.min(exact, bytes.length));
      expect(offset - exact).toBeLessThan(140_000);
      expect(offset === 0 || bytes[offset - 1] === 0x0a).toBe(true);
      expect(file.reads).toBeLessThan(60);
    }
  });
});
