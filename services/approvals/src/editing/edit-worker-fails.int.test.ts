import { createWorkerThread } from '@aegis/kit/worker';
import { expect, it, vi } from 'vitest';
import { publish, REFUNDS, RULES } from '../testkit/policies.ts';
import { call, complete, get, request, startReplica, useWorld } from '../testkit/world.ts';

/** The thread that looks at edits dies of its tasks for so long. */
const thread = vi.hoisted(() => ({ isBroken: false, ran: 0 }));

vi.mock(import('@aegis/kit/worker'), async (original) => {
  const real = await original();
  const createBreaking = (module: URL): ReturnType<typeof createWorkerThread> => {
    const worker = real.createWorkerThread(module);
    return {
      ...worker,
      run(input, deadlineMs) {
        thread.ran += 1;
        return thread.isBroken ? Promise.reject(new Error('it died')) : worker.run(input, deadlineMs);
      },
    };
  };
  return { ...real, createWorkerThread: createBreaking };
});

useWorld();

const TWICE = { timeout: 20_000 };

it('an edit that can not be looked at is said by health, keeps nobody from deciding, and is looked at again', async () => {
  const policy_digest = await publish(RULES);
  const replica = await startReplica();
  await request('waits', call(), { ...REFUNDS, policy_digest });
  await request('other', call(1), { ...REFUNDS, policy_digest });
  thread.isBroken = true;
  await publish([{ match: 'refunds.*', decision: 'deny' }, ...RULES]);
  await expect
    .poll(() => replica.health().problems, TWICE)
    .toEqual([expect.stringContaining('what an edit of the policy ends could not be looked at')]);
  expect((await get('waits')).status).toBe('pending');
  expect((await complete('other', 'no')).status).toBe('denied');
  thread.isBroken = false;
  await expect.poll(async () => (await get('waits')).status, TWICE).toBe('superseded');
  await expect.poll(() => replica.health().problems, TWICE).toEqual([]);
});
