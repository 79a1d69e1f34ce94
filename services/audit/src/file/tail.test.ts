import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoverTail } from './tail.ts';

const line = (seq: number, note = 'ünïcödé ✓') => `${JSON.stringify({ seq, note, event_id: `e${seq}` })}\n`;
const whole = Buffer.from(line(1) + line(2));
const last = Buffer.from(line(3));
const now = new Date('2026-03-01T10:00:00.000Z');

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-tail-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

async function recover(content: Buffer, dense = true) {
  await writeFile(path, content);
  const file = await open(path, 'a+');
  try {
    return await recoverTail(file, path, dense, now);
  } finally {
    await file.close();
  }
}
const aside = async () => {
  const names = (await readdir(folder)).filter((name) => name.includes('.torn-'));
  const name = names[0];
  const bytes = name === undefined ? undefined : await readFile(join(folder, name));
  await Promise.all(names.map((one) => rm(join(folder, one))));
  return bytes;
};

describe('a file whose last line was cut', () => {
  it('keeps the whole lines and sets the rest aside, at each byte', async () => {
    for (let cut = 1; cut < last.length; cut++) {
      const torn = last.subarray(0, cut);
      const tail = await recover(Buffer.concat([whole, torn]));
      expect(tail).toMatchObject({ length: whole.length, last: { seq: 2, eventId: 'e2' } });
      expect(await readFile(path)).toEqual(whole);
      expect(await aside()).toEqual(torn);
    }
  });

  it('is left alone where nothing is torn', async () => {
    const tail = await recover(Buffer.concat([whole, last]));
    expect(tail).toEqual({ length: whole.length + last.length, last: { seq: 3, eventId: 'e3' } });
    expect(await aside()).toBeUndefined();
  });

  it.each([
    ['NUL to the end', Buffer.alloc(200_000)],
    ['half a line, then NUL', Buffer.concat([last.subarray(0, 9), Buffer.alloc(4096)])],
    ['NUL, then the end of a line', Buffer.concat([Buffer.alloc(30), last.subarray(30)])],
    ['half a character', last.subarray(0, last.indexOf(0xc3) + 1)],
  ])('sets aside %s', async (_name, torn) => {
    const tail = await recover(Buffer.concat([whole, torn]));
    expect(tail).toMatchObject({ length: whole.length, last: { seq: 2 } });
    expect(await aside()).toEqual(torn);
    expect(await readFile(path)).toEqual(whole);
  });

  it('starts from nothing where its only line is torn', async () => {
    expect(await recover(last.subarray(0, 10))).toMatchObject({ length: 0, last: undefined });
    expect(await recover(Buffer.alloc(0))).toEqual({ length: 0, last: undefined });
  });
});

describe('a file that was changed', () => {
  it.each([
    ['a gap', line(1) + line(3)],
    ['a line twice', line(1) + line(1)],
    ['another order', line(2) + line(1)],
    ['a line that is no JSON', `${line(1)}hello\n${line(2)}`],
    ['somebody else’s text', 'root:x:0:0\n'],
    ['NUL in the middle', `${line(1)}\0\0\0\n${line(3)}`],
  ])('is refused and left as it is: %s', async (_name, content) => {
    await expect(recover(Buffer.from(content))).rejects.toThrow(/damaged in the middle.*Move the file away/);
    expect(await readFile(path, 'utf8')).toBe(content);
    expect(await aside()).toBeUndefined();
  });

  it('may have gaps where not every event is in it', async () => {
    expect(await recover(Buffer.from(line(1) + line(3)), false)).toMatchObject({ last: { seq: 3 } });
  });
});
