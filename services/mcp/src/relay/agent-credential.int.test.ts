import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { keyDigest } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { expect, onTestFinished, test } from 'vitest';
import { createAgentCredential, credentialPath } from './agent-credential.ts';

test('while another credential is read, the one before is still right: nobody is refused meanwhile', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'aegis-credential-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const credential = createAgentCredential(dir, createLogger('test', 'silent'), () => undefined);
  await credential.start();
  onTestFinished(() => credential.stop());
  const before = credential.digest;
  const next = `aegis-agent_${'n'.repeat(43)}`;
  await writeFile(`${credentialPath(dir)}.new`, next);
  await rename(`${credentialPath(dir)}.new`, credentialPath(dir));
  const seen = new Set([credential.digest]);
  for (
    const over = Date.now() + 20_000;
    credential.digest !== keyDigest(next) && Date.now() < over;
    await turn()
  )
    seen.add(credential.digest);
  expect(credential.digest).toBe(keyDigest(next));
  expect([...seen]).toEqual([before]);
});
