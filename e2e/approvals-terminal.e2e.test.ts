import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from './testkit/console/world.ts';
import { post } from './testkit/rest.ts';

const MAIN = fileURLToPath(new URL('../cli/src/main.ts', import.meta.url));
const SOON = { timeout: 10_000 };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const aegis = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    const { dataDir } = world.stack;
    const env = {
      AEGIS_DATA_DIR: dataDir,
      APPROVERS_FILE: join(world.folder, 'approvers.json'),
      NO_COLOR: '1',
    };
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
      (_, out, err) => resolve(out + err),
    );
  });

it('one command approves', async () => {
  const call = { tool: 'mail.send', meta: { dry_run_id: 'by command' } };
  const id = await world.ask(call);
  const said = await aegis('approvals', 'approve', id, '--key', world.keys.ada, '--reason', 'asked for');
  expect(said).toBe(`approved by ada: asked for  ${id}\n`);
  expect((await world.enforce(call)).allowed).toBe(true);
  expect(await aegis('approvals', 'approve', id, '--key', world.keys.bob)).toMatch(/ada/);
});

it('one command makes an approver, who signs in at once', async () => {
  const key = /aegis_approver_[\w-]{43}/.exec(
    await aegis('approvers', 'add', 'fay', '--role', 'finance'),
  )?.[0];
  expect(key).toBeDefined();
  await expect
    .poll(
      () => post(world.stack.url, '/ui/api/session', { secret: key }).then(({ body }) => body['name']),
      SOON,
    )
    .toBe('fay');
});
