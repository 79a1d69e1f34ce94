import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { expect, it, onTestFinished } from 'vitest';
import { MAX_FILE_BYTES, readText } from './read-text.ts';

async function pathIn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-text-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'a.json');
}

async function read(content: string | Uint8Array, options?: Parameters<typeof readText>[1]) {
  const path = await pathIn();
  await writeFile(path, content);
  return readText(path, options);
}

it('is what the file says, with its bytes', async () => {
  expect(await read('naïve 🙂')).toEqual({ state: 'text', text: 'naïve 🙂', bytes: Buffer.from('naïve 🙂') });
  expect(await read('')).toMatchObject({ state: 'text', text: '' });
});

it('may be as large as the limit and no larger', async () => {
  expect(await read('x'.repeat(MAX_FILE_BYTES))).toMatchObject({ state: 'text' });
  expect(await read('x'.repeat(10), { maxBytes: 10 })).toMatchObject({ state: 'text' });
  expect(await read('x'.repeat(11), { maxBytes: 10 })).toEqual({
    state: 'refused',
    problem: 'is larger than 10 bytes, which is the limit: make it smaller',
  });
});

it('has no byte order mark of an editor, and keeps any other', async () => {
  expect(await read('\uFEFF{}')).toMatchObject({ text: '{}', bytes: Buffer.from('\uFEFF{}') });
  expect(await read('\uFEFF\uFEFF{}\uFEFF')).toMatchObject({ text: '\uFEFF{}\uFEFF' });
});

it.each([
  ['a stray byte', [0x7b, 0xff, 0x7d]],
  ['half a character at its end', [0x7b, 0xe2, 0x82]],
  ['half of a pair', [0xed, 0xa0, 0x80]],
  ['more bytes than a character needs', [0xc0, 0xaf]],
  ['the mark of another encoding', [0xff, 0xfe, 0x7b, 0x00]],
])('%s is not UTF-8', async (_what, bytes) => {
  expect(await read(Uint8Array.from(bytes))).toEqual({
    state: 'refused',
    problem: 'is not UTF-8 text: save it as UTF-8',
    bytes: Buffer.from(bytes),
  });
});

it.each(BAD_FILES)('$what is a problem that says what to do', async ({ put, problem }) => {
  const path = await pathIn();
  await put(path);
  expect(await readText(path)).toMatchObject({ problem: expect.stringMatching(problem) });
});

it('tells what is missing from what can not be read', async () => {
  const path = await pathIn();
  expect(await readText(path)).toEqual({ state: 'missing', problem: "can't be read: there is no such file" });
  await writeFile(path, '');
  expect(await readText(join(path, 'a'))).toEqual({
    state: 'unreadable',
    problem: "can't be read: what stands above it is no folder",
  });
});

it('never waits for a pipe', async () => {
  const path = await pathIn();
  execFileSync('mkfifo', [path]);
  expect(await readText(path)).toEqual({
    state: 'unreadable',
    problem: 'is no file: put the file in its place',
  });
});

it('waits until the file is still, where it is asked to', async () => {
  const path = await pathIn();
  await writeFile(path, 'one ');
  const reading = readText(path, { stillForMs: 150 });
  for (const word of ['two ', 'three']) {
    await sleep(60);
    await appendFile(path, word);
  }
  expect(await reading).toMatchObject({ text: 'one two three' });
});

it('is refused where the writing has no end', async () => {
  const path = await pathIn();
  await writeFile(path, '');
  const writing = setInterval(() => void appendFile(path, 'x'), 20);
  onTestFinished(() => clearInterval(writing));
  expect(await readText(path, { stillForMs: 150 })).toEqual({
    state: 'refused',
    problem: 'is still being written: it is read again when it changes',
  });
});
