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

it.each([
  ...BAD_FILES,
  {
    what: 'what names an unknown field',
    put: (path: string) => writeFile(path, whole.replace('"key"', '"role":"x","key"')),
    problem: /approvers\.ada\.role: unknown field/,
  },
  { what: 'missing', put: (path: string) => rm(path), problem: /can't be read: there is no such file/ },
])('nobody decides where the file turns $what, until it is mended', async ({ put, problem }) => {
  const { approvers, path, whoIs } = await started(whole);
  expect(await whoIs()).toBe('ada');
  const keyId = approvers.keyIdOf('ada') ?? '';
  await put(path);
  await expect.poll(() => approvers.problem, SOON).toMatch(problem);
  expect(approvers.problem).toContain(path);
  expect([await whoIs(), approvers.known('ada', keyId)]).toEqual(['nobody', undefined]);
  await rm(path, { recursive: true, force: true });
  await writeFile(path, whole);
  await expect.poll(whoIs, SOON).toBe('ada');
  expect([approvers.problem, approvers.known('ada', keyId)?.name]).toEqual([undefined, 'ada']);
});

it('nobody decides where the file is half-written at the start, until it is whole', async () => {
  const { approvers, path, whoIs } = await started(whole.slice(0, -10));
  expect(await whoIs()).toBe('nobody');
  expect(approvers.problem).toContain('it is not valid JSON');
  await writeFile(path, whole);
  await expect.poll(whoIs, SOON).toBe('ada');
  expect(approvers.problem).toBeUndefined();
});

it('what somebody said counts by the key that they said it with; where none is on record, by the name, as before', async () => {
  const { approvers } = await started(whole);
  const keyMark = approvers.byName('ada')?.keyMark;
  expect(keyMark).toMatch(/^[0-9a-f]{16}$/);
  expect(approvers.byName('ada', keyMark)?.name).toBe('ada');
  expect(approvers.byName('ada', '0'.repeat(16))).toBeUndefined();
});
