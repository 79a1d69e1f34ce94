import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectV1, connectV2, type Target, type Way } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAsked } from './testkit/firewall/approving-client.ts';
import { wrappedBy } from './testkit/firewall/wrapped.ts';
import { allAudit, asApprover, get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const PAY_SERVER = fileURLToPath(new URL('./testkit/firewall/pay-server.ts', import.meta.url));
const HOLD_MS = 1_500;

let folder: string;
let payments: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-pay-'));
  payments = join(folder, 'payments.txt');
  await writeFile(payments, '');
  const policy = join(folder, 'policy.yml');
  await writeFile(policy, 'version: 2\nrules:\n  - { match: "*", decision: review }\n');
  const servers = join(folder, 'mcp-servers.json');
  const bank = { command: process.execPath, args: [PAY_SERVER, payments], aegis: { hold: `${HOLD_MS}ms` } };
  const patient = { ...bank, aegis: { hold: '50s' } };
  await writeFile(servers, JSON.stringify({ mcpServers: { bank, patient } }));
  stack = await startStack({ env: { POLICY_PATH: policy, MCP_SERVERS: servers } });
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The bank behind the firewall, over stdio and over HTTP; `patient` holds a call for 50 s, `bank` for a moment. */
function target(name: 'bank' | 'patient'): Target {
  const options = ['--hold', name === 'bank' ? `${HOLD_MS}ms` : '50s'];
  const command = { name, command: process.execPath, args: [PAY_SERVER, payments], options };
  return { ...wrappedBy(stack, command), url: `${stack.mcpUrl}/${name}` };
}

type Pending = { approval_id: string; status: string; args: { to: string } };

const approvalsOf = async (to: string): Promise<Pending[]> => {
  const { body } = await get<{ approvals: Pending[] }>(stack.url, '/approvals?limit=200', asApprover);
  return body.approvals.filter(({ args }) => args.to === to);
};

const waiting = async (to: string): Promise<string> => {
  await expect.poll(async () => (await approvalsOf(to)).length, { timeout: 10_000 }).toBe(1);
  return (await approvalsOf(to))[0]?.approval_id ?? '';
};

const approve = async (id: string): Promise<void> => {
  const { status } = await post(stack.url, '/approvals/complete', {
    approval_id: id,
    approval_code: stack.code,
  });
  expect(status).toBe(200);
};

const paid = async (to: string): Promise<number> =>
  (await readFile(payments, 'utf8')).split('\n').filter((line) => line === to).length;

const OLDER = {
  'SDK v2, 2025 era': (where: Target, way: Way) => connectV2(where, way, 'legacy'),
  'SDK v2, 2026-07-28, not asked': (where: Target, way: Way) => connectV2(where, way, 'modern'),
  'SDK v1': connectV1,
};
const MATRIX = (['stdio', 'http'] as const).flatMap((way) =>
  Object.entries(OLDER).map(([kind, connect]) => ({ kind, way, connect })),
);

describe.each(MATRIX)('$kind over $way', ({ kind, way, connect }) => {
  it('is held until a person approves, and the call runs once', async () => {
    const to = `held ${kind} ${way}`;
    const client = await connect(target('patient'), way);
    const paying = client.call('pay', { to });
    await approve(await waiting(to));
    expect((await paying).content[0]?.text).toBe(`paid ${to}`);
    expect(await paid(to)).toBe(1);
    await client.close();
  });

  it('is told that the call waits, and the same call runs once when it is repeated after the approval', async () => {
    const to = `again ${kind} ${way}`;
    const client = await connect(target('bank'), way);
    const first = await client.call('pay', { to });
    const id = await waiting(to);
    expect(first.isError).toBe(true);
    expect(first.content[0]?.text).toContain(id);
    await approve(id);
    await sleep(HOLD_MS);
    expect(await paid(to)).toBe(0);
    expect((await client.call('pay', { to })).content[0]?.text).toBe(`paid ${to}`);
    expect(await paid(to)).toBe(1);
    await client.close();
  });
});

describe.each(['stdio', 'http'] as const)(
  "an SDK v2 client that opens the console's page, over %s",
  (way) => {
    it('gets through when the person approves there', async () => {
      const to = `asked ${way}`;
      const urls: string[] = [];
      const client = await connectAsked(target('patient'), way, async (url) => {
        urls.push(url);
        await approve(url.split('/').at(-1) ?? '');
        return 'accept';
      });
      expect((await client.call('pay', { to })).content[0]?.text).toBe(`paid ${to}`);
      expect(urls).toEqual([`${stack.url}/ui/approvals/${await waiting(to)}`]);
      expect((await fetch(urls[0] ?? '')).status).toBe(200);
      expect(await paid(to)).toBe(1);
      await client.close();
    });

    it.each(['decline', 'cancel'] as const)(
      'takes the question back on %s, and nothing runs',
      async (action) => {
        const to = `${action} ${way}`;
        const client = await connectAsked(target('patient'), way, async () => action);
        expect((await client.call('pay', { to })).isError).toBe(true);
        expect((await approvalsOf(to)).map(({ status }) => status)).toEqual(['cancelled']);
        expect(await paid(to)).toBe(0);
        await client.close();
      },
    );
  },
);

describe.each(['stdio', 'http'] as const)('a caller that is gone, over %s', (way) => {
  it('leaves a cancelled approval behind, and its call never runs', async () => {
    const to = `gone ${way}`;
    const client = await connectV1(target('patient'), way);
    const paying = client.call('pay', { to }).catch(() => 'gone');
    const id = await waiting(to);
    await client.close();
    expect(await paying).toBe('gone');
    await expect.poll(async () => (await approvalsOf(to))[0]?.status, { timeout: 10_000 }).toBe('cancelled');
    await post(stack.url, '/approvals/complete', { approval_id: id, approval_code: stack.code });
    await sleep(HOLD_MS);
    expect(await paid(to)).toBe(0);
  });
});

const countRecorded = async (action: string): Promise<number> =>
  (await allAudit(stack.url)).filter((entry) => entry.action === action).length;

it('has every payment on record, each with one approval that was used once', async () => {
  const sent = (await readFile(payments, 'utf8')).split('\n').filter(Boolean).length;
  expect(sent).toBeGreaterThan(10);
  await expect.poll(() => countRecorded('call.succeeded')).toBe(sent);
  expect(await countRecorded('approval.consumed')).toBe(sent);
});
