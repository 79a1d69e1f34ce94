import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ToolResult } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STDIO_CHILD, type Stack, startStack } from './testkit/stack.ts';

const run = promisify(execFile);
const LAUNCHER = fileURLToPath(
  new URL(
    '../../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    import.meta.url,
  ),
);

let stack: Stack;
let home: string;

beforeAll(async () => {
  stack = await startStack();
  home = await mkdtemp(join(tmpdir(), 'aegis-inspector-'));
});
afterAll(async () => {
  await stack.stop();
  await rm(home, { recursive: true, force: true });
});

const TARGETS = {
  stdio: () => [
    process.execPath,
    STDIO_CHILD,
    ...Object.entries(stack.childEnv).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
  ],
  http: () => ['--server-url', stack.url, '--transport', 'http'],
};
/** The arguments of a call of each tool, and a part of what comes back. */
const CALLS: Record<string, [args: object, expected: object]> = {
  policy_get: [{}, { path: 'policy.yml', version: 2 }],
  guard_check: [{ tool: 'shop.search' }, { allowed: true, approval_required: false, reasons: [] }],
  firewall_enforce: [
    { tool: 'refunds.create', amount_cents: 900, meta: { dry_run_id: 'r-1' } },
    { status: 'pending', allowed: false, dry_run_id: 'r-1' },
  ],
  require_approval: [
    { tool: 'shop.buy', dry_run_id: 'b-1' },
    { status: 'pending', dry_run_id: 'b-1' },
  ],
  audit_write: [{ action: 'refund sent' }, { ok: true, path: 'audit.jsonl' }],
};

const MATRIX = (['stdio', 'http'] as const).flatMap((way) =>
  (['legacy', 'modern'] as const).map((era) => ({ way, era })),
);

/** Runs the Inspector's CLI as a person would and reads the JSON that it prints. */
async function inspect(way: keyof typeof TARGETS, era: string, args: string[]): Promise<unknown> {
  const target = TARGETS[way]();
  const flags = ['--protocol-era', era, '--format', 'json', '--quiet', ...args];
  const { stdout } = await run(process.execPath, [LAUNCHER, '--cli', ...target, ...flags], {
    env: { PATH: stack.childEnv.PATH, HOME: home },
  });
  return JSON.parse(stdout);
}

describe.each(MATRIX)('the Inspector over $way, $era era', ({ way, era }) => {
  it('lists the five tools and finds no fault with their schemas', async () => {
    const listed = (await inspect(way, era, ['--method', 'tools/list', '--strict'])) as {
      result: { tools: { name: string }[] };
    };
    expect(listed.result.tools.map(({ name }) => name).toSorted()).toEqual(Object.keys(CALLS).toSorted());
  });

  it.each(Object.entries(CALLS))('calls %s', async (tool, [args, expected]) => {
    const flags = ['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)];
    const { result } = (await inspect(way, era, flags)) as { result: ToolResult };
    expect(result.structuredContent).toMatchObject(expected);
  });
});
