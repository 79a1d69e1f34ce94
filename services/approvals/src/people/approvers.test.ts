import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPROVER_KEY_PREFIX } from '@aegis/contracts/approvers-file';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { createMutex } from '@aegis/kit/mutex';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { expect, it, onTestFinished } from 'vitest';
import { createApprovers } from './approvers.ts';

const SOON = { timeout: 5_000 };
const ada = makeKey(APPROVER_KEY_PREFIX);
const whole = JSON.stringify({ approvers: { ada: { key: keyDigest(ada) } } });

async function started(content: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'aegis-approvers-')), 'approvers.json');
  await writeFile(path, content);
  const approvers = createApprovers({
    path,
    code: undefined,
    wrongCodes: { wrongCodesSince: () => [], countWrongCode: () => undefined },
    codesOneByOne: createMutex(),
    now: () => new Date(),
    log: createLogger('test', 'silent'),
  });
  onTestFinished(async () => {
    approvers.stop();
    await rm(join(path, '..'), { recursive: true });
  });
  await approvers.start();
  const whoIs = () =>
    approvers.authenticate({ secret: ada, source: 'here' }).then(
      ({ name }) => name,
      () => 'nobody',
    );
  return { approvers, path, whoIs };
}

it.each(BAD_FILES)(
  'those of the last good file decide where it turns $what',
  async ({ what, put, problem }) => {
    const { approvers, path, whoIs } = await started(whole);
    expect(await whoIs()).toBe('ada');
    await put(path);
    await expect.poll(() => approvers.problem, SOON).toMatch(problem);
    expect(approvers.problem).toContain(path);
    // Nothing is known of what a folder hides: then nobody is an approver.
    expect(await whoIs()).toBe(what === 'a folder' ? 'nobody' : 'ada');
  },
);

it('nobody decides where the file is half-written at the start, until it is whole', async () => {
  const { approvers, path, whoIs } = await started(whole.slice(0, -10));
  expect(await whoIs()).toBe('nobody');
  expect(approvers.problem).toContain('it is not valid JSON');
  await writeFile(path, whole);
  await expect.poll(whoIs, SOON).toBe('ada');
  expect(approvers.problem).toBeUndefined();
});
