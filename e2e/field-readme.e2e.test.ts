import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Enforced, enforce, get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const AEGIS = fileURLToPath(new URL('../cli/bin/aegis.js', import.meta.url));

/** The two policies of the page that this follows, as they stand there. */
const V1 = `max_refund_cents: 15000      # $150.00 cap
max_payment_link_cents: 25000  # $250.00 cap
allow_tools:
  - "refunds.*"
  - "payment_links.create"
deny_tools: []
`;
const V2 = `version: 2
rules:
  - match: "refunds.*"
    decision: allow
    cap_cents: 15000
    ops: ["refund"]
    reason: "Auto-approved refunds under $150"
  - match: "payment_links.create"
    decision: allow
    cap_cents: 25000
    reason: "Auto-approved payment links under $250"
  - match: "users.export"
    decision: deny
    reason: "User export forbidden"
  - match: "*"
    decision: review
    reason: "Default: requires approval"
`;
const CODE = 'your-secure-code-here';
const TOOLS = ['audit_write', 'firewall_enforce', 'guard_check', 'policy_get', 'require_approval'];

let folder: string;
let stack: Stack;
const file = (name: string): string => join(folder, name);
/** The variables that its page sets, by the names that they have there. */
const settings = () => ({
  POLICY_PATH: file('policy.yml'),
  AUDIT_PATH: file('audit.log'),
  APPROVALS_PATH: file('approvals.log'),
  APPROVAL_CODE: CODE,
  LOG_LEVEL: 'INFO',
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-readme-'));
  await writeFile(file('policy.yml'), V1);
  stack = await startStack({ env: settings() });
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

type Ran = { code: number; out: string; err: string };
const aegis = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [AEGIS, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
const linesOf = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file(name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The five tools over stdio, as an agent has them. */
async function withTools<T>(
  use: (call: (name: string, args: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'walk', version: '1.0.0' });
  const env = { ...(process.env as Record<string, string>), AEGIS_DATA_DIR: stack.dataDir };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [AEGIS, 'mcp'], env, cwd: folder }),
  );
  try {
    expect((await client.listTools()).tools.map(({ name }) => name).toSorted()).toEqual(TOOLS);
    return await use(async (name, args) => {
      const { structuredContent, isError } = await client.callTool({ name, arguments: { ...args } });
      expect(isError ?? false).toBe(false);
      return structuredContent;
    });
  } finally {
    await client.close();
  }
}

const REFUND = { tool: 'refunds.refund', amount_cents: 12_000, op: 'refund' };
const LARGE = { ...REFUND, amount_cents: 20_000 };

describe('who comes from the system that this one follows, and does what its README says with our commands,', () => {
  it('asks for health, the policy and a check under a policy of version 1', async () => {
    expect((await get(stack.url, '/health')).body).toMatchObject({ status: 'ok' });
    expect((await get(stack.url, '/policy')).status).toBe(200);
    const check = (call: object) => post(stack.url, '/guard/check', call);
    expect((await check(REFUND)).body).toMatchObject({ decision: 'allow' });
    expect((await check(LARGE)).body).toMatchObject({ decision: 'review' });
    expect((await check({ tool: 'users.export' })).body).toMatchObject({ decision: 'review' });
  });

  it('validates and migrates it, and validates what came of it', async () => {
    expect(await aegis('policy', 'validate', 'policy.yml')).toMatchObject({ code: 0 });
    const { code, out } = await aegis('policy', 'migrate', 'policy.yml');
    expect(code).toBe(0);
    await writeFile(file('policy_v2.yml'), out);
    expect(await aegis('policy', 'validate', 'policy_v2.yml')).toMatchObject({ code: 0 });
    await writeFile(file('copy.yml'), V1);
    expect(await aegis('policy', 'migrate', 'copy.yml', '--in-place', '--backup')).toMatchObject({ code: 0 });
    expect(await readFile(file('copy.yml.bak'), 'utf8')).toBe(V1);
    expect((await get(stack.url, '/policy/validate')).body).toMatchObject({ ok: true });
    const migrated = await post(stack.url, '/policy/migrate', {
      policy: { max_refund_cents: 15_000, allow_tools: ['refunds.*'], deny_tools: [] },
    });
    expect(migrated.body).toMatchObject({ policy: { version: 2 } });
  });

  it('puts its policy of version 2 into force, word for word, and reads its reasons', async () => {
    const { digest } = (await get(stack.url, '/policy')).body;
    await writeFile(file('policy.yml'), V2);
    await expect.poll(async () => (await get(stack.url, '/policy')).body['digest']).not.toBe(digest);
    const check = async (call: object) => (await post(stack.url, '/guard/check', call)).body;
    expect(await check(REFUND)).toMatchObject({ decision: 'allow' });
    const exported = await check({ tool: 'users.export', amount_cents: null, op: null });
    expect(exported).toMatchObject({ decision: 'deny' });
    expect(String(exported['reasons'])).toContain('User export forbidden');
    expect(String((await check({ tool: 'mail.send' }))['reasons'])).toContain('Default: requires approval');
  });

  it('has a call wait, and completes it with the code, by what the answer calls it', async () => {
    const { body: pending } = await enforce(stack.url, LARGE);
    expect(pending).toMatchObject({ status: 'pending', approval_required: true, allowed: false });
    const complete = (approval_code: string) =>
      post(stack.url, '/approvals/complete', { dry_run_id: pending.approval_id, approval_code });
    expect((await complete(CODE)).status).toBe(200);
    const again = await enforce(stack.url, { ...LARGE, meta: { dry_run_id: pending.dry_run_id } });
    expect(again.body).toMatchObject({ status: 'allowed', allowed: true });
    const { body: other } = await enforce(stack.url, { ...LARGE, amount_cents: 30_000 });
    const wrong = { dry_run_id: other.approval_id, approval_code: '123456' };
    expect((await post(stack.url, '/approvals/complete', wrong)).body).toMatchObject({ status: 'denied' });
    const denied = await enforce(stack.url, {
      ...LARGE,
      amount_cents: 30_000,
      meta: { dry_run_id: other.dry_run_id },
    });
    expect(denied.body).toMatchObject({ status: 'blocked' });
  });

  it('lists approvals, and finds them in the browser’s page', async () => {
    const { body } = await get<{ approvals: { status: string }[] }>(stack.url, '/approvals');
    expect(body.approvals.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['consumed', 'denied']),
    );
    const page = await fetch(`${stack.url}/ui/approvals`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });

  it('uses the five tools over stdio', async () => {
    await withTools(async (call) => {
      expect(await call('policy_get', {})).toMatchObject({ version: 2 });
      expect(await call('guard_check', REFUND)).toMatchObject({ allowed: true });
      expect(
        await call('audit_write', { action: 'deploy', tool: 'deploy.run', ok: true, note: 'done' }),
      ).toMatchObject({ ok: true });
      const asked = (await call('firewall_enforce', {
        ...LARGE,
        meta: { dry_run_id: 'walk-1' },
      })) as Enforced;
      expect(asked).toMatchObject({ status: 'pending', dry_run_id: 'walk-1' });
      expect(await call('require_approval', { dry_run_id: 'walk-1' })).toMatchObject({ status: 'pending' });
      const completing = { dry_run_id: 'walk-1', approval_code: CODE };
      expect((await post(stack.url, '/approvals/complete', completing)).status).toBe(200);
      expect(await call('firewall_enforce', { ...LARGE, meta: { dry_run_id: 'walk-1' } })).toMatchObject({
        status: 'allowed',
      });
    });
  });

  it('writes an entry, and reads the trail and the approvals in their files', async () => {
    expect((await post(stack.url, '/audit', { action: 'manual.check', ok: false })).status).toBe(201);
    const isThere = async () =>
      (await linesOf('audit.log')).some(({ action }) => action === 'client:manual.check');
    await expect.poll(isThere).toBe(true);
    const trail = await linesOf('audit.log');
    expect(trail.filter(({ tool }) => String(tool).includes('refund')).length).toBeGreaterThan(0);
    expect(trail.filter(({ ok }) => ok === false).length).toBeGreaterThan(0);
    const statuses = (await linesOf('approvals.log')).map(({ status }) => status);
    expect(statuses).toEqual(expect.arrayContaining(['pending', 'approved', 'denied']));
  });
});
