import { osUserPrincipal } from '@aegis/kit/os-user';
import { type AnyClient, connectV1, connectV2, type Way } from '@aegis/testkit/mcp-clients';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './testkit/stack.ts';
import { APPROVAL_ID, DECIDE_BY, DIGEST, TRACE_ID } from './testkit/stand-ins.ts';

const TOOLS = ['firewall_enforce', 'guard_check', 'require_approval', 'policy_get', 'audit_write'];

const CLIENTS: Record<string, (stack: Stack, way: Way) => Promise<AnyClient>> = {
  'the v2 client, 2026-07-28': (stack, way) => connectV2(stack, way, 'modern'),
  'the v2 client, 2025 era': (stack, way) => connectV2(stack, way, 'legacy'),
  'the v1 client': connectV1,
};
const MATRIX = Object.keys(CLIENTS).flatMap((kind) =>
  (['stdio', 'http'] as const).map((way) => ({ kind, way })),
);

let stack: Stack;
let client: AnyClient;

beforeAll(async () => {
  stack = await startStack();
});
afterEach(() => client.close());
afterAll(() => stack.stop());

describe.each(MATRIX)('$kind over $way', ({ kind, way }) => {
  it('lists the five tools and gets an answer from each', async () => {
    client = await (CLIENTS[kind] as (typeof CLIENTS)[string])(stack, way);
    expect(await client.list()).toEqual(TOOLS);

    const policy = await client.call('policy_get', {});
    expect(policy.structuredContent).toEqual({
      policy: { version: 2, rules: [] },
      path: 'policy.yml',
      digest: DIGEST,
      version: 2,
    });

    const checked = await client.call('guard_check', {
      tool: 'refunds.create',
      amount_cents: 900,
      op: 'refund',
    });
    expect(checked.structuredContent).toEqual({
      allowed: false,
      approval_required: true,
      reasons: ['Refund amount 900 exceeds cap'],
    });

    const enforced = await client.call('firewall_enforce', { tool: 'shop.search', args: { q: 'ünï' } });
    expect(enforced.structuredContent).toEqual({
      allowed: true,
      approval_required: false,
      status: 'allowed',
      reasons: [],
      trace_id: TRACE_ID,
    });
    expect(stack.asked.enforces.at(-1)).toEqual({
      call: {
        tool: 'shop.search',
        args: { q: 'ünï' },
        principal: way === 'stdio' ? osUserPrincipal() : 'anonymous',
      },
      via: `mcp-${way}`,
    });

    const asked = await client.call('require_approval', { tool: 'shop.buy', dry_run_id: 'buy-1' });
    expect(asked.structuredContent).toEqual({
      status: 'pending',
      approval_id: APPROVAL_ID,
      run_key: 'buy-1',
      dry_run_id: 'buy-1',
      trace_id: TRACE_ID,
      decide_by: DECIDE_BY,
    });

    const written = await client.call('audit_write', { action: 'refund sent', ok: true });
    expect(written.structuredContent).toEqual({ ok: true, trace_id: TRACE_ID, path: 'audit.jsonl' });
    for (const { isError } of [policy, checked, enforced, asked, written]) expect(isError).toBeFalsy();
  });
});
