import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
