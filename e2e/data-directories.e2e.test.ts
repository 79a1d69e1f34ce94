import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { connectBus } from '@aegis/bus';
import { seedFile } from '@aegis/bus/law';
import { parseEnv } from '@aegis/kit/env';
import { PolicyEnv } from '@aegis/policy/config';
import { createPolicy } from '@aegis/policy/service';
import { silentLog } from '@aegis/testkit/bus';
import { type Receiver, startReceiver } from '@aegis/testkit/webhook-receiver';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AWAY, deliveriesOf, type Left, pay, TELLS_LOOPBACK } from './testkit/data-directory/fill.ts';
import { keepWaiting } from './testkit/data-directory/line.ts';
import { allAudit, type Enforced, enforce, get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/data-directories');
const CLOCK_HOOK = pathToFileURL(join(import.meta.dirname, 'testkit/data-directory/clock-hook.js')).href;
const A_MINUTE_MS = 60_000;
/** Long enough for a second delivery to come, if there were one. */
const A_WHILE_MS = 3_000;
const saved = readdirSync(FIXTURES).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));

it('has data directories of earlier versions', () => {
  expect(saved.length).toBeGreaterThan(0);
});

describe.each(saved)('on the data directory of %s', (name) => {
  const left = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Left;
  let folder: string;
  let stack: Stack;
  let receiver: Receiver;
  let clock: Record<string, string>;
  /** What an operator does whose receiver has moved. */
  const tellAt = async (url: string): Promise<void> => {
    const path = join(folder, 'data', 'webhooks.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace(AWAY, url));
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aegis-earlier-'));
    execFileSync('tar', ['-C', folder, '-xzf', join(FIXTURES, `${name}.tar.gz`)]);
    // What waited then waits for an hour: for the services it is a minute later.
    const shiftMs = Date.parse(left.savedAt) + A_MINUTE_MS - Date.now();
    receiver = await startReceiver();
    if (left.told) {
      await keepWaiting(join(folder, 'data'), left.told.waiting);
      await tellAt(receiver.url);
    }
    clock = { NODE_OPTIONS: `--import=${CLOCK_HOOK}`, AEGIS_TEST_CLOCK_SHIFT_MS: String(shiftMs) };
    // What is stored at a start is of the server's clock, which is today's: so the file comes after it, and is taken over by
    // the start of a replica of policy.
    const approvers = join(folder, 'approvers.json');
    await rename(approvers, `${approvers}.then`);
    const env = { POLICY_PATH: join(folder, 'policy.json'), APPROVERS_FILE: approvers };
    stack = await startStack({ dataDir: join(folder, 'data'), env: { ...env, ...TELLS_LOOPBACK, ...clock } });
    await rename(`${approvers}.then`, approvers);
    const { natsUrl: url, keysDir } = stack;
    const identity = 'policy';
    const bus = await connectBus({ url, identity, seedPath: seedFile(keysDir, identity), log: silentLog });
    const replica = createPolicy({
      bus,
      config: parseEnv(PolicyEnv, env),
      log: silentLog,
      now: () => new Date(Date.now() + shiftMs),
    });
    await replica.start();
    await replica.stop();
    await bus.close();
    const signIn = () => post(stack.url, '/ui/api/session', { secret: left.keys.ada });
    await vi.waitUntil(async () => (await signIn()).status === 200, { timeout: 20_000, interval: 200 });
  });
  afterAll(async () => {
    await stack?.end();
    await receiver?.close();
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

  it.skipIf(left.told === undefined)(
    'tells a receiver that is back the notice that waited for it, once, signed with the secret of then',
    { timeout: 120_000 },
    async () => {
      const { waiting, secret, deliveries } = left.told as NonNullable<Left['told']>;
      const tellings = () =>
        receiver.requests.filter(({ headers }) => headers['webhook-id'] === waiting.message_id);
      await expect.poll(() => tellings().length, { timeout: 90_000 }).toBe(1);
      const [{ body, headers }] = tellings() as [Receiver['requests'][number]];
      // By the clock of then, which `verify` would find too old.
      const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
      expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(waiting.message_id, at, body));
      expect(JSON.parse(body)).toMatchObject({ data: { approval_id: left.pending.approval_id } });
      await sleep(A_WHILE_MS);
      expect(tellings()).toHaveLength(1);
      const all = await deliveriesOf(stack.url, 'on-call', left.keys.dee);
      expect(all.slice(-deliveries.length)).toEqual(deliveries);
      expect(all.filter(({ message_id, ok }) => ok && message_id === waiting.message_id)).toHaveLength(1);
      expect(await deliveriesOf(stack.url, 'chat', left.keys.dee)).toEqual([]);
    },
  );

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
