import { afterEach, expect, it } from 'vitest';
import type { AppError } from '../errors/app-error.ts';
import { createWorkerThread } from './worker.ts';

const worker = createWorkerThread(new URL('./testkit/echo-worker.ts', import.meta.url));
afterEach(() => worker.stop());

const soon = (ms: number): number => Date.now() + ms;

it('does a task, and throws what the task throws, by its code', async () => {
  await expect(worker.run('a', soon(30_000))).resolves.toBe('a');
  await expect(worker.run('no', soon(30_000))).rejects.toMatchObject({
    code: 'invalid_request',
    message: 'No.',
  });
});

it('a deadline that is past while the thread begins fails that task alone', async () => {
  await expect(worker.run('a', soon(1))).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await expect(worker.run('b', soon(30_000))).resolves.toBe('b');
});

it('a module that can not run fails each task, and nothing waits for ever', async () => {
  const broken = createWorkerThread(new URL('./testkit/no-such-module.ts', import.meta.url));
  const both = [broken.run('a', soon(30_000)), broken.run('b', soon(30_000))];
  for (const one of both) await expect(one).rejects.toMatchObject({ code: 'internal' });
  broken.stop();
});

it('what has no end is ended at its deadline, the event loop runs on meanwhile, and the next task is done', async () => {
  const never = worker.run('never', soon(1_000));
  const next = worker.run('b', soon(30_000));
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  await expect(never).rejects.toMatchObject({ code: 'deadline_exceeded' });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(1);
  await expect(next).resolves.toBe('b');
});

it('what waited past its deadline is not begun, and more than enough does not wait', async () => {
  await worker.run('a', soon(30_000));
  const running = worker.run('never', soon(1_000));
  const waiting = Promise.allSettled([...Array(64)].map(() => worker.run('c', soon(100))));
  await expect(worker.run('d', soon(30_000))).rejects.toMatchObject({ code: 'too_many_requests' });
  await expect(running).rejects.toMatchObject({ code: 'deadline_exceeded' });
  const codes = (await waiting).map((one) => one.status === 'rejected' && (one.reason as AppError).code);
  expect(new Set(codes)).toEqual(new Set(['deadline_exceeded']));
  await expect(worker.run('e', soon(30_000))).resolves.toBe('e');
});

it('a worker that is stopped gives up what it had', async () => {
  const never = worker.run('never', soon(30_000));
  const waiting = worker.run('f', soon(30_000));
  worker.stop();
  await expect(Promise.allSettled([never, waiting])).resolves.toMatchObject([
    { reason: { code: 'deadline_exceeded' } },
    { reason: { code: 'deadline_exceeded' } },
  ]);
});
