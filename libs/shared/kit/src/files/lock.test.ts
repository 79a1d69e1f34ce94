import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tryLock } from './lock.ts';

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
