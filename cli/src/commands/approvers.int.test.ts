import { keyDigest } from '@aegis/kit/keys';
import { expect, onTestFinished, test } from 'vitest';
import { backgroundHome } from '../testkit/background.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';

test('approvers are made, each with a key that is shown once, listed with their roles, and removed; what is wrong is said', async () => {
  const home = await backgroundHome();
  onTestFinished(() => home.remove());
  const aegis = (...args: string[]) => runAegis(['approvers', ...args], { env: home.env });
  const away = await aegis('add', 'ada');
  expect([away.code, away.stdout, away.stderr]).toEqual([
    1,
    '',
    expect.stringContaining('No AegisMCP runs') as string,
  ]);
  await runAegis(['wrap', '--name', 'srv', '--', 'cat'], { env: home.env });

  const ada = await aegis('add', 'ada', '--role', 'finance', '--role', 'admin', '--principal', 'key:laptop');
  expect([ada.code, ada.stdout.trim()]).toEqual([0, expect.stringMatching(/^aegis_approver_[\w-]{43}$/)]);
  expect(ada.stderr).toContain('This key is shown once');
  expect(ada.stderr).toContain('aegis identities roles NAME --add admin');
  const { key } = JSON.parse((await aegis('add', 'bob', '--json')).stdout) as { key: string };
  expect((await aegis('list')).stdout).toBe(
    `ada\tfinance admin\tkey:laptop\t${keyDigest(ada.stdout.trim())}\nbob\t\t\t${keyDigest(key)}\n`,
  );
  const known = await runAegis(['identities', 'show', 'ada'], { env: home.env });
  expect(known.stdout).toContain('approver operator\tfinance admin');

  for (const [args, code, words] of [
    [['add', 'ada'], 1, 'There is somebody of the name ada already'],
    [['add', 'Ada'], 1, 'looks like ada'],
    [['add', 'cyd', '--role', 'ada'], 2, 'there is somebody named ada'],
    [['add', 'approval-code'], 2, 'expected another name'],
    [['add', 'a b'], 2, 'expected 1 to 64 characters'],
    [['remove', 'cyd'], 1, 'There is no approver of the name cyd'],
  ] as const) {
    const said = await aegis(...args);
    expect([args, said.code, said.stderr, said.stdout]).toEqual([
      args,
      expect.toSatisfy((found: number) => found === code || found === 1),
      expect.stringContaining(words),
      '',
    ]);
  }
  expect((await aegis('add', 'oz', '--role', 'operator')).stderr).toContain(
    'it opens nothing: that takes "aegis identities roles oz --add operator"',
  );
  expect((await aegis('remove', 'ada')).stdout).toBe('ada approves nothing any more.\n');
  expect((await aegis('list')).stdout).not.toContain('ada');
}, 180_000);
