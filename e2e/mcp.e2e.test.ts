import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeKey } from '@aegis/kit/keys';
import { connectV1, connectV2, type Target, type ToolResult, type Way } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const LAUNCHER = fileURLToPath(new URL('../cli/bin/aegis.js', import.meta.url));
const INSPECTOR = fileURLToPath(
  new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const TOOLS = ['audit_write', 'firewall_enforce', 'guard_check', 'policy_get', 'require_approval'];

const CLIENTS = {
  'SDK v2, 2026-07-28': (target: Target, way: Way) => connectV2(target, way, 'modern'),
  'SDK v2, 2025 era': (target: Target, way: Way) => connectV2(target, way, 'legacy'),
  'SDK v1': connectV1,
};
const MATRIX = (['stdio', 'http'] as const).flatMap((way) =>
  Object.entries(CLIENTS).map(([kind, connect]) => ({ kind, way, connect })),
);

let stack: Stack;
let target: Target;
beforeAll(async () => {
  stack = await startStack();
  // An MCP client starts the tools with a Node of its own; the data directory alone says where the stack is.
  const env = { AEGIS_DATA_DIR: stack.dataDir, PATH: process.env['PATH'] ?? '' };
  target = { url: stack.mcpUrl, command: 'node', args: [LAUNCHER, 'mcp'], env };
});
afterAll(() => stack.stop());

describe.each(MATRIX)('$kind over $way', ({ kind, way, connect }) => {
  it('lists the five tools, calls each, and gets a capped call through an approval', async () => {
    const client = await connect(target, way);
    const call = async (name: string, args: Record<string, unknown>) => {
      const { isError, structuredContent } = await client.call(name, args);
      expect(isError ?? false).toBe(false);
      return structuredContent ?? {};
    };
    const id = `${kind} ${way}`;
    const refund = { tool: 'refunds.create', op: 'refund', amount_cents: 12_500, meta: { dry_run_id: id } };

    expect((await client.list()).toSorted()).toEqual(TOOLS);
    expect(await call('policy_get', {})).toMatchObject({ version: 2, policy: { version: 2 } });
    expect(await call('guard_check', { tool: 'db.drop_table' })).toMatchObject({ allowed: false });
    const first = await call('firewall_enforce', refund);
    expect(first).toMatchObject({ status: 'pending', allowed: false, dry_run_id: id });
    await post(stack.url, '/approvals/complete', { dry_run_id: id, approval_code: stack.code });
    expect(await call('firewall_enforce', refund)).toMatchObject({ status: 'allowed', allowed: true });
    expect(await call('firewall_enforce', refund)).toMatchObject({ status: 'pending', allowed: false });
    const asked = await call('require_approval', { tool: 'docs.read', reason: 'to be sure' });
    expect(asked).toMatchObject({ status: 'pending', approval_id: expect.stringMatching(/^apr_/) as string });
    const written = await call('audit_write', { action: 'refund.sent', tool: 'refunds.create', ok: true });
    const entry = (await allAudit(stack.url)).find((one) => one.trace_id === written['trace_id']);
    expect(entry).toMatchObject({ action: 'client:refund.sent', ok: true });

    const bad = await client.call('guard_check', { tool: 'x', amount: 1 });
    expect(bad.isError).toBe(true);
    expect(bad.content[0]?.text).toContain('amount: unknown field');
    await client.close();
  });
});

/** What a person runs in a terminal; the code alone is on standard output. */
async function draw(id: string): Promise<string> {
  const args = [LAUNCHER, 'approvals', 'code', id, '--reason', 'seen', '--url', stack.url];
  const env = { ...process.env, APPROVAL_CODE: stack.code };
  return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim();
}
/** A call that a person has to approve. */
const refund = (dry_run_id: string) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 12_500,
  meta: { dry_run_id },
});

describe.each(['stdio', 'http'] as const)('a person tells an agent a code, over %s', (way) => {
  it('which opens the one call that the person saw, once, and nothing else', async () => {
    const agent = await connectV2(target, way, 'modern');
    const call = async (name: string, args: Record<string, unknown>) =>
      (await agent.call(name, args)).structuredContent ?? {};
    const [key, other, wrong] = [`code ${way}`, `other ${way}`, `wrong ${way}`];
    for (const id of [key, other, wrong]) await call('firewall_enforce', refund(id));
    const { approval_id } = await call('require_approval', { dry_run_id: key });
    const approval_code = await draw(String(approval_id));
    expect(approval_code).toMatch(/^[2-9A-Z]{8}$/);

    const elsewhere = await call('require_approval', { dry_run_id: other, approval_code });
    expect(elsewhere).toMatchObject({ status: 'pending' });
    const spoken = await call('require_approval', { dry_run_id: key, approval_code });
    expect(spoken).toMatchObject({ status: 'approved', approval_id });
    expect(await call('firewall_enforce', refund(key))).toMatchObject({ status: 'allowed' });
    expect(await call('firewall_enforce', refund(key))).toMatchObject({ status: 'pending' });
    expect(await call('require_approval', { dry_run_id: key, approval_code })).toMatchObject({
      status: 'pending',
    });

    // The standing code is a wrong word like the others.
    for (const [word, status] of [
      [stack.code, 'pending'],
      ['ZZZZZZZZ', 'pending'],
      ['ZZZZZZZZ', 'denied'],
    ])
      expect(await call('require_approval', { dry_run_id: wrong, approval_code: word })).toMatchObject({
        status,
      });
    await agent.close();

    const lines = (await allAudit(stack.url)).filter((one) => one.approval_id === approval_id);
    expect(lines.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['approval.code_drawn', 'approval.approved', 'approval.consumed']),
    );
    expect(JSON.stringify(lines)).not.toContain(approval_code);
  });

  it('and answers a question without a call, which opens none', async () => {
    const agent = await connectV2(target, way, 'modern');
    const call = async (args: Record<string, unknown>) =>
      (await agent.call('require_approval', args)).structuredContent ?? {};
    const dry_run_id = `deploy ${way}`;
    const asked = await call({ dry_run_id, reason: 'May I deploy?' });
    expect(await call({ dry_run_id })).toEqual(asked);
    const approval_code = await draw(String(asked['approval_id']));
    expect(await call({ dry_run_id, approval_code })).toMatchObject({ status: 'approved' });
    const use = { tool: 'require_approval', args: { dry_run_id }, meta: { dry_run_id } };
    const used = (await agent.call('firewall_enforce', use)).structuredContent;
    expect(used).toMatchObject({ allowed: false });
    await agent.close();
  });
});

it('over REST the standing code is a person’s, and a code for one call is its asker’s', async () => {
  const complete = async (dry_run_id: string, approval_code: string, headers: Record<string, string> = {}) =>
    (await post(stack.url, '/approvals/complete', { dry_run_id, approval_code }, headers)).body;
  const byKey = { authorization: `Bearer ${stack.code}` };
  const drawn = async (id: string) =>
    String((await post(stack.url, `/approvals/${id}/code`, {}, byKey)).body['code']);
  const agent = await connectV2(target, 'stdio', 'modern');
  await agent.call('firewall_enforce', refund('mine'));
  await agent.close();
  for (const id of ['rest-1', 'rest-2']) await post(stack.url, '/guard/enforce', refund(id));

  const beside = { authorization: `Bearer ${makeKey('aegis')}` };
  expect(await complete('rest-1', stack.code, beside)).toMatchObject({ code: 'not_an_approver' });
  expect(await complete('rest-1', await drawn('rest-1'))).toMatchObject({ ok: true });
  expect(await complete('mine', await drawn('mine'))).toMatchObject({ code: 'not_an_approver' });
  await drawn('rest-2');
  expect(await complete('rest-2', 'ZZZZZZZZ')).toMatchObject({ ok: false, status: 'denied' });
});

describe.each(['stdio', 'http'] as const)("the MCP Inspector's CLI over %s", (way) => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'aegis-inspector-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const inspect = async (...args: string[]): Promise<unknown> => {
    const where =
      way === 'http'
        ? ['--server-url', target.url, '--transport', 'http']
        : [target.command, ...target.args, '-e', `AEGIS_DATA_DIR=${stack.dataDir}`];
    const env = { ...process.env, HOME: home, MCP_AUTO_OPEN_ENABLED: 'false' };
    const { stdout } = await promisify(execFile)(process.execPath, [INSPECTOR, '--cli', ...where, ...args], {
      env,
    });
    return JSON.parse(stdout);
  };

  it('lists the five tools and calls one', async () => {
    const { tools } = (await inspect('--method', 'tools/list')) as { tools: { name: string }[] };
    expect(tools.map((tool) => tool.name).toSorted()).toEqual(TOOLS);
    const result = (await inspect(
      '--method',
      'tools/call',
      '--tool-name',
      'guard_check',
      '--tool-arg',
      'tool=search.docs',
    )) as ToolResult;
    expect(result.structuredContent).toMatchObject({ allowed: true });
  });
});
