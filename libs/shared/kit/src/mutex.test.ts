import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createKeyedMutex, createMutex } from './mutex.ts';

it('runs tasks in the order that they came in, each after the one before, also where that failed', async () => {
  const run = createMutex();
  const seen: string[] = [];
  const task = (name: string, ms: number) => async () => {
    seen.push(`${name} begins`);
    await sleep(ms);
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error(name);
    return name;
  };
  const all = await Promise.allSettled([run(task('a', 5)), run(task('b', 1)), run(task('c', 0))]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('lets tasks of other keys run beside', async () => {
  const run = createKeyedMutex();
  const held = Promise.withResolvers<void>();
  const first = run('a', () => held.promise);
  let second = false;
  const next = run('a', async () => {
    second = true;
  });
  await run('b', async () => undefined);
  expect(second).toBe(false);
  held.resolve();
  await Promise.all([first, next]);
  expect(second).toBe(true);
});
