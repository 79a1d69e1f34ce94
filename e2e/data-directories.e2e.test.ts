import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Left, pay } from './testkit/data-directory/fill.ts';
import { allAudit, type Enforced, enforce, get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/data-directories');
const CLOCK_HOOK = pathToFileURL(join(import.meta.dirname, 'testkit/data-directory/clock-hook.js')).href;
const A_MINUTE_MS = 60_000;
const saved = readdirSync(FIXTURES).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));

it('has data directories of earlier versions', () => {
  expect(saved.length).toBeGreaterThan(0);
});

describe.each(saved)('on the data directory of %s', (name) => {
  const left = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Left;
  let folder: string;
  let stack: Stack;
  let clock: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aegis-earlier-'));
    execFileSync('tar', ['-C', folder, '-xzf', join(FIXTURES, `${name}.tar.gz`)]);
    // What waited then waits for an hour: for the services it is a minute later.
    const shiftMs = Date.parse(left.savedAt) + A_MINUTE_MS - Date.now();
    clock = { NODE_OPTIONS: `--import=${CLOCK_HOOK}`, AEGIS_TEST_CLOCK_SHIFT_MS: String(shiftMs) };
    stack = await startStack({
      dataDir: join(folder, 'data'),
      env: {
        POLICY_PATH: join(folder, 'policy.json'),
        APPROVERS_FILE: join(folder, 'approvers.json'),
        ...clock,
      },
    });
  });
  afterAll(async () => {
    await stack?.end();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (call: object): Promise<Enforced> => (await enforce(stack.url, call)).body;
  const authorization = { authorization: `Bearer ${left.keys.ada}` };

  it('is well, and every line of the record is where it was', async () => {
    expect((await get(stack.url, '/health')).body['status']).toBe('ok');
    expect((await allAudit(stack.url)).slice(0, left.audit.length)).toEqual(left.audit);
  });

  it('has the approval that waited: it is decided with the key of then, and used once', async () => {
    const { call, approval_id } = left.pending;
    const waiting = await get<{ approvals: { approval_id: string }[] }>(
      stack.url,
      '/approvals?status=pending',
    );
    expect(waiting.body.approvals.map((one) => one.approval_id)).toContain(approval_id);
    expect(await ask(call)).toMatchObject({ status: 'pending', approval_id });
    const decided = await post(stack.url, `/approvals/${approval_id}/approve`, {}, authorization);
    expect(decided.body).toMatchObject({ status: 'approved', decided_by: 'ada' });
    expect(await ask(call)).toMatchObject({ allowed: true, approval_id });
    expect(await ask(call)).toMatchObject({
      status: 'pending',
      approval_id: expect.not.stringMatching(approval_id),
    });
  });

  it('lets through what the grant of then covers', async () => {
    expect(await ask(left.granted)).toMatchObject({ allowed: true });
  });

  it('knows the definition that waited: calls wait for a person until it is accepted, and then go on', async () => {
    const world = { stack, folder };
    const description = 'Pays somebody, and tells the world.';
    expect(await pay(world, description, clock)).toContain('has changed');
    const { body } = await get<{ tools: { digest: string }[] }>(stack.url, '/tools');
    expect(body.tools.map(({ digest }) => digest)).toEqual([left.waitingDefinition]);
    const accepted = { server: 'bank', tool: 'pay', digest: left.waitingDefinition };
    const reply = await post(stack.url, '/tools/accept', { ...accepted, approval_code: stack.code });
    expect(reply.status).toBe(200);
    await expect.poll(() => pay(world, description, clock), { timeout: 20_000 }).toBe('paid');
  });
});
