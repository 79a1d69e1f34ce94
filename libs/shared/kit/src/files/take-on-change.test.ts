import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { takeOnChange } from './take-on-change.ts';

const SOON = { timeout: 5_000 };

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-take-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a.txt');
  await writeFile(path, text);
  return path;
}

function taking(path: string, take: () => Promise<void>) {
  const failures: unknown[] = [];
  const one = takeOnChange(path, take, (error) => failures.push(error));
  onTestFinished(() => one.stop());
  return { one, failures };
}

it('takes a file as it stands, and each time that it was written, renamed, or went away', async () => {
  const path = await fileWith('a');
  const taken: string[] = [];
  const { one } = taking(path, async () => {
    taken.push(await readFile(path, 'utf8').catch(() => 'gone'));
  });
  await one.start();
  expect(taken).toEqual(['a']);
  await writeFile(path, 'b');
  await expect.poll(() => taken.at(-1), SOON).toBe('b');
  await writeFile(`${path}.new`, 'c');
  await rename(`${path}.new`, path);
  await expect.poll(() => taken.at(-1), SOON).toBe('c');
  await rm(path);
  await expect.poll(() => taken.at(-1), SOON).toBe('gone');
});

it('takes what was there for a moment only, and then that it is gone', async () => {
  const path = await fileWith('a');
  await rm(path);
  const taken: string[] = [];
  const { one } = taking(path, async () => {
    taken.push(await readFile(path, 'utf8').catch(() => 'gone'));
  });
  await one.start();
  await writeFile(path, 'b');
  await one.now();
  await rm(path);
  await expect.poll(() => taken, SOON).toEqual(['gone', 'b', 'gone']);
});

it('takes once at a time, in order', async () => {
  const path = await fileWith('a');
  let running = 0;
  const { one } = taking(path, async () => {
    running++;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
  });
  await Promise.all([one.start(), one.now(), one.now()]);
});

it('tries again where a change could not be taken, and says so', async () => {
  const path = await fileWith('a');
  let broken = false;
  const taken: string[] = [];
  const { one, failures } = taking(path, async () => {
    if (broken) throw new Error('not now');
    taken.push(await readFile(path, 'utf8'));
  });
  await one.start();
  broken = true;
  await writeFile(path, 'b');
  await expect.poll(() => failures, SOON).toEqual([new Error('not now')]);
  broken = false;
  await expect.poll(() => taken, SOON).toEqual(['a', 'b']);
});

it('tries again for whoever asked and was told that it failed, and tells nobody twice', async () => {
  const path = await fileWith('a');
  let broken = false;
  let calls = 0;
  const { one, failures } = taking(path, async () => {
    calls++;
    if (broken) throw new Error('not now');
  });
  await one.start();
  broken = true;
  await expect(one.now()).rejects.toThrow('not now');
  broken = false;
  await expect.poll(() => calls, SOON).toBe(3);
  expect(failures).toEqual([]);
});

it('an error at the start is the caller’s, and then nothing is watched', async () => {
  const path = await fileWith('a');
  let calls = 0;
  const { one, failures } = taking(path, () => {
    calls++;
    return Promise.reject(new Error('not now'));
  });
  await expect(one.start()).rejects.toThrow('not now');
  await writeFile(path, 'b');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect([calls, failures]).toEqual([1, []]);
});
