import { hash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { expect, it, onTestFinished } from 'vitest';
import { readCandidate } from './candidate.ts';

async function pathIn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-candidate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'policy.yml');
}

it.each(BAD_FILES)('$what is a bad candidate that says what to do', async ({ put, problem }) => {
  const path = await pathIn();
  await put(path);
  expect(await readCandidate(path)).toMatchObject({
    type: 'bad',
    rejected: { path, errors: [expect.stringMatching(problem)] },
  });
});

it.each([
  ['what is not UTF-8', Buffer.from([0x7b, 0xff])],
  ['what is not YAML', Buffer.from('\uFEFFrules: [')],
])('%s is told from other refusals by the digest of its bytes', async (_what, bytes) => {
  const path = await pathIn();
  await writeFile(path, bytes);
  const digest = `sha256:${hash('sha256', bytes, 'hex')}`;
  expect(await readCandidate(path)).toMatchObject({ type: 'bad', rejected: { digest } });
});

it('is never the half of a policy that somebody is writing, which would be one too', async () => {
  const path = await pathIn();
  await writeFile(path, 'version: 2\nrules:\n  - match: "pay.*"\n    decision: allow\n');
  const reading = readCandidate(path);
  await sleep(60);
  await appendFile(path, '    cap_cents: 100\n');
  expect(await reading).toMatchObject({
    type: 'good',
    policy: { policy: { rules: [{ match: 'pay.*', decision: 'allow', cap_cents: 100 }] } },
  });
});

it('no file is no refusal', async () => {
  const path = await pathIn();
  expect(await readCandidate(path)).toMatchObject({ type: 'nothing', why: 'missing', first: { path } });
});

it.each(['', ' \n', '# soon', '~', '{}', '{}\n', '---\n', 'version: 1', '\uFEFF{ "version": 1 }'])(
  'a file that says nothing, %j, is none: a person is asked about every call',
  async (text) => {
    const path = await pathIn();
    await writeFile(path, text);
    expect(await readCandidate(path)).toMatchObject({
      type: 'nothing',
      why: 'empty',
      first: { policy: { version: 2, rules: [{ match: '*', decision: 'review' }] }, origin: 'defaults' },
      rejected: { path, errors: ['the policy is empty'], digest: expect.stringMatching(/^sha256:/) },
    });
  },
);
