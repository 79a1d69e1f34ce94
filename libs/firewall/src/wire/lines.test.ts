import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineSplitter, readLines } from './lines.ts';

/** The lines of these chunks, and how many were too long. */
async function linesOf(chunks: readonly (string | Uint8Array)[], maxBytes?: number) {
  let tooLong = 0;
  const options = { tooLong: () => tooLong++, ...(maxBytes !== undefined && { maxBytes }) };
  const bytes = chunks.map((chunk) => Buffer.from(chunk));
  const lines: string[] = [];
  for await (const line of readLines(Readable.from(bytes), options)) lines.push(line.toString('latin1'));
  return { lines, tooLong };
}

it('ends lines at LF, with one CR before it or without', async () => {
  const { lines } = await linesOf(['a\r\nb\n\n\r\nc\r\r\nd\re\n', 'last']);
  expect(lines).toEqual(['a', 'b', 'c\r', 'd\re', 'last']);
});

it('gives the same lines wherever the chunks are cut, as short as the limit allows', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: 60 });
  const cuts = fc.array(fc.nat(60), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(text, cuts, async (whole, at) => {
      const sorted = [0, ...at.toSorted((a, b) => a - b), whole.length];
      const chunks = sorted.map((from, i) => whole.slice(from, sorted[i + 1] ?? whole.length));
      const all = whole.split('\n').map((line) => line.replace(/\r$/, ''));
      expect(await linesOf(chunks, 5)).toEqual({
        lines: all.filter((line) => line.length > 0 && line.length <= 5),
        tooLong: all.filter((line) => line.length > 5).length,
      });
    }),
    { numRuns: 2000 },
  );
});

it('skips a line above 16 MiB, keeps nothing of it, and goes on', async () => {
  const mebibyte = Buffer.alloc(1_048_576, 'x');
  const full = Array.from({ length: 16 }, () => mebibyte);
  const { lines, tooLong } = await linesOf([...full, '\r\n', ...full, 'x', ...full, ...full, '\nnext\n']);
  expect(tooLong).toBe(1);
  expect(lines.map((line) => line.length)).toEqual([16 * 1_048_576, 4]);
});

it('takes a long line byte by byte without keeping the chunks', async () => {
  const slab = Buffer.alloc(65_536, 'x');
  const source = Readable.from(
    (function* chunks() {
      for (let i = 0; i < 100_000; i++) yield slab.subarray(0, 1);
      yield Buffer.from('\n');
    })(),
  );
  const lengths: number[] = [];
  for await (const line of readLines(source, { tooLong: () => undefined })) lengths.push(line.length);
  expect(lengths).toEqual([100_000]);
});

it('reads nothing ahead while a line is being worked on', async () => {
  let pulled = 0;
  const source = {
    async *[Symbol.asyncIterator]() {
      for (;;) yield await Promise.resolve(Buffer.from(`${pulled++}\n`));
    },
  };
  for await (const line of readLines(source, { tooLong: () => undefined })) {
    expect(pulled).toBe(Number(line.toString()) + 1);
    if (pulled === 5) break;
  }
  expect(pulled).toBe(5);
});

function* broken() {
  yield Buffer.from('a\nb');
  throw new Error('pipe broke');
}

it('ends with the error of its stream', async () => {
  const lines: string[] = [];
  const reading = async () => {
    for await (const line of readLines(Readable.from(broken()), { tooLong: () => undefined })) {
      lines.push(line.toString());
    }
  };
  await expect(reading()).rejects.toThrow('pipe broke');
  expect(lines).toEqual(['a']);
});

it('numbers lines as they end, the empty and the long ones too', () => {
  const said: string[] = [];
  const lines = createLineSplitter({
    tooLong: () => said.push(`${lines.number} is too long`),
    empty: () => said.push(`${lines.number} is empty`),
    maxBytes: 3,
  });
  const take = (some: Iterable<Buffer>): void => {
    for (const line of some) said.push(`${lines.number} ${line.toString()}`);
  };
  for (const chunk of ['a\n\nb', 'c\nlong', 'er\r\n\r\n', 'end']) take(lines.split(Buffer.from(chunk)));
  expect(lines.keptBytes).toBe(3);
  take(lines.rest());
  expect(said).toEqual(['1 a', '2 is empty', '3 bc', '4 is too long', '5 is empty', '6 end']);
});
