import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isHeld, tryLock } from './lock.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'aegis-lock-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

it('lets one in, and the next when that one has let go', async () => {
  const path = join(await folder(), 'a.lock');
  const held = tryLock(path);
  expect(held).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  held?.release();
  const next = tryLock(path);
  expect(next).toBeDefined();
  held?.release();
  expect(tryLock(path)).toBeUndefined();
  next?.release();
});

it('keeps another process out, and ends with it however that ends', async () => {
  const path = join(await folder(), 'a.lock');
  const take = `import { tryLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
    const held = tryLock(${JSON.stringify(path)});
    console.log(held !== undefined);
    setInterval(() => held, 1_000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', take], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(String((await once(other.stdout, 'data'))[0])).toBe('true\n');
  expect(tryLock(path)).toBeUndefined();
  other.kill('SIGKILL');
  await once(other, 'exit');
  const held = tryLock(path);
  expect(held).toBeDefined();
  held?.release();
});

it('is an error, and no lock of somebody else, where the file can not be made or is another one', async () => {
  const made = await folder();
  expect(() => tryLock(join(made, 'nowhere', 'a.lock'))).toThrow('unable to open');
  await writeFile(join(made, 'notes.lock'), 'not ours'.repeat(200));
  expect(() => tryLock(join(made, 'notes.lock'))).toThrow('not a database');
});

it('is seen from outside, which makes no file and takes up nothing that lies beside it', async () => {
  const made = await folder();
  const path = join(made, 'a.lock');
  expect(isHeld(path)).toBe(false);
  expect(await readdir(made)).toEqual([]);
  const held = tryLock(path);
  expect(isHeld(path)).toBe(true);
  await symlink(path, join(made, 'link.lock'));
  expect(isHeld(join(made, 'link.lock'))).toBe(false);
  held?.release();
  expect(isHeld(path)).toBe(false);
  await writeFile(path, 'no lock at all'.repeat(200));
  await writeFile(`${path}-journal`, 'of somebody else');
  expect(isHeld(path)).toBe(false);
  expect(await readFile(`${path}-journal`, 'utf8')).toBe('of somebody else');
});
