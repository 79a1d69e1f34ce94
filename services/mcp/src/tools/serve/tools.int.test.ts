import { callDigest } from '@aegis/contracts/call-digest';
import { type AnyClient, connectV2, type ToolResult } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../../testkit/stack.ts';
import {
  APPROVAL_ID,
  CODE,
  DECIDE_BY,
  DIGEST,
  TERMS,
  TOO_MANY,
  WRONG_CODE,
} from '../../testkit/stand-ins.ts';

let stack: Stack;
let client: AnyClient;

beforeAll(async () => {
  stack = await startStack();
  client = await connectV2(stack, 'http', 'modern');
});
afterAll(async () => {
  await client.close();
  await stack.stop();
});

const firstText = ({ content }: ToolResult): string => content[0]?.text ?? '';
const refund = { tool: 'refunds.create', op: 'refund', amount_cents: 900, args: { order: 'o-1' } };

describe('firewall_enforce', () => {
  it('tells the model to make an allowed call now', async () => {
    const result = await client.call('firewall_enforce', { tool: 'shop.search' });
    expect(firstText(result)).toBe('Allowed: make this call now, once, exactly as you described it.');
  });

  it('tells the model how to come back with a pending call, and is no error', async () => {
    const result = await client.call('firewall_enforce', { ...refund, meta: { dry_run_id: 'r "1"' } });
    expect(result.isError).toBeFalsy();
    expect(firstText(result)).toBe(
      `Pending (Refund amount 900 exceeds cap): do not make the call; ask a person to approve ${APPROVAL_ID}, then call ` +
        'firewall_enforce again with the same call and meta.run_key = "r \\"1\\"".',
    );
  });

  it('says why a call is blocked, and is no error', async () => {
    const result = await client.call('firewall_enforce', { tool: 'shell.exec' });
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({ allowed: false, status: 'blocked' });
    expect(firstText(result)).toContain(
      "Blocked (Tool 'shell.exec' matches deny pattern '*'): do not make this call",
    );
  });

  it('hands everything on: the call, the reason, both keys, and that it came over HTTP', async () => {
    const meta = { dry_run_id: 'r-1', reason: 'customer asked', ticket: 7 };
    await client.call('firewall_enforce', { ...refund, meta, idempotency_key: 'k-1' });
    expect(stack.asked.enforces.at(-1)).toEqual({
      call: { ...refund, principal: 'anonymous' },
      dry_run_id: 'r-1',
      reason: 'customer asked',
      idempotency_key: 'k-1',
      via: 'mcp-http',
    });
  });

  it('takes the key by its newer and its older name, and answers both', async () => {
    for (const meta of [{ run_key: 'r-2' }, { dry_run_id: 'r-2' }, { run_key: 'r-2', dry_run_id: 'r-2' }]) {
      const result = await client.call('firewall_enforce', { ...refund, meta });
      expect(stack.asked.enforces.at(-1)).toMatchObject({ dry_run_id: 'r-2' });
      expect(result.structuredContent).toMatchObject({ run_key: 'r-2', dry_run_id: 'r-2' });
    }
    const asked = await client.call('require_approval', { run_key: 'waits' });
    expect(asked.structuredContent).toMatchObject({ run_key: 'waits', dry_run_id: 'waits' });
  });

  it.each(['run_key', 'dry_run_id'])(
    'names %s, which was sent, where another call has that key',
    async (field) => {
      const key = { [field]: 'taken' };
      const enforced = await client.call('firewall_enforce', { ...refund, meta: key });
      expect(firstText(enforced)).toContain(` meta.${field}: is in use for another call`);
      const asked = await client.call('require_approval', { ...refund, ...key });
      expect(firstText(asked)).toContain(` ${field}: is in use for another call`);
    },
  );

  it('says that a key goes inside meta, and that a check sees no arguments', async () => {
    const enforced = await client.call('firewall_enforce', { ...refund, run_key: 'r' });
    expect(firstText(enforced)).toMatch(/ run_key: unknown field; .*give meta\.run_key/);
    const checked = await client.call('guard_check', { tool: 'shop.search', args: {} });
    expect(firstText(checked)).toContain(' args: unknown field; a check sees no arguments');
  });

  it('carries the same data as text for clients that read no structured content', async () => {
    const result = await client.call('firewall_enforce', refund);
    expect(JSON.parse(result.content[1]?.text ?? '')).toEqual(result.structuredContent);
  });
});

describe('guard_check', () => {
  it.each([
    ['shop.search', 'The policy allows this call; before you make it, call firewall_enforce.'],
    [
      'refunds.create',
      'A person has to approve this call (Refund amount 900 exceeds cap); call firewall_enforce to ask for it.',
    ],
    [
      'shell.exec',
      "The policy blocks this call (Tool 'shell.exec' matches deny pattern '*'); do not make it.",
    ],
  ])('gives advice about %s and enforces nothing', async (tool, text) => {
    const enforced = stack.asked.enforces.length;
    expect(firstText(await client.call('guard_check', { tool }))).toBe(text);
    expect(stack.asked.enforces).toHaveLength(enforced);
  });
});

describe('require_approval', () => {
  it('asks a person about the exact call, though the policy would allow it', async () => {
    const call = { tool: 'shop.buy', amount_cents: 5, args: { sku: 's' } };
    const result = await client.call('require_approval', { ...call, reason: 'large order' });
    expect(stack.asked.approvals.at(-1)).toEqual({
      call: { ...call, principal: 'anonymous' },
      reason: 'large order',
      reasons: ['Requested by the agent'],
      policy_digest: DIGEST,
    });
    expect(firstText(result)).toBe(
      `Pending: do not make the call; ask a person to approve ${APPROVAL_ID} by ${DECIDE_BY}, then call ` +
        'firewall_enforce with the same call and meta.run_key = "made-by-approvals".',
    );
  });

  it('asks by the rule that the call has, so that the people of that rule decide', async () => {
    const checks = stack.asked.checks.length;
    await client.call('require_approval', refund);
    expect(stack.asked.checks.slice(checks)).toEqual([
      { ...refund, principal: 'anonymous', via: 'mcp-http', on_record: true },
    ]);
    expect(stack.asked.approvals.at(-1)).toEqual({
      call: { ...refund, principal: 'anonymous' },
      reasons: ['Refund amount 900 exceeds cap', 'Requested by the agent'],
      rule: { index: 3, match: 'refunds.*' },
      policy_digest: DIGEST,
      terms: TERMS,
    });
  });

  it('asks nobody about a call that the policy denies: a yes would open nothing', async () => {
    const approvals = stack.asked.approvals.length;
    const result = await client.call('require_approval', { tool: 'shell.exec' });
    expect(result.isError).toBe(true);
    expect(firstText(result)).toBe(
      "invalid_request: tool: the policy denies this call (Tool 'shell.exec' matches deny pattern '*'), so no approval " +
        'helps and nobody is asked: do not make this call. Nothing was allowed.',
    );
    expect(stack.asked.approvals).toHaveLength(approvals);
  });

  it('says that too many calls of the agent wait', async () => {
    const result = await client.call('require_approval', { tool: 'flood.inbox' });
    expect(result.isError).toBe(true);
    expect(firstText(result)).toBe(`too_many_pending: ${TOO_MANY}. Nothing was allowed.`);
  });
});

describe('require_approval with a dry_run_id alone', () => {
  it('names the question that waits under it, and asks nobody again', async () => {
    const before = stack.asked.approvals.length;
    const result = await client.call('require_approval', { dry_run_id: 'waits' });
    expect(result.structuredContent).toMatchObject({ status: 'pending', approval_id: APPROVAL_ID });
    expect(firstText(result)).toContain(`ask a person to approve ${APPROVAL_ID}`);
    expect(stack.asked.approvals).toHaveLength(before);
  });

  it.each(['deploy', 'over'])(
    'asks a person without a call where nothing waits under %s',
    async (dry_run_id) => {
      const result = await client.call('require_approval', { dry_run_id, reason: 'May I deploy?' });
      expect(stack.asked.approvals.at(-1)).toMatchObject({
        call: { tool: 'require_approval', args: { dry_run_id }, principal: 'anonymous' },
        dry_run_id,
        reason: 'May I deploy?',
        no_grant: true,
      });
      expect(firstText(result)).toContain(`a person has to answer ${APPROVAL_ID}`);
    },
  );
});

it('require_approval asks nobody under a dry_run_id that is mistyped: there is no call, and no question', async () => {
  const before = stack.asked.approvals.length;
  const result = await client.call('require_approval', { dry_run_id: 'nothere' });
  expect(result.isError).toBe(true);
  expect(firstText(result)).toBe(
    'invalid_request: run_key: you asked nothing under "nothere". Correct it, or give the tool of the call that it is for; ' +
      'to ask a person something without a call, write the question in reason. Nothing was allowed.',
  );
  expect(stack.asked.approvals).toHaveLength(before);
});

describe('require_approval with a code', () => {
  it('hands it on with who asked, and says what to do next', async () => {
    const result = await client.call('require_approval', { dry_run_id: 'r-1', approval_code: CODE });
    expect(stack.asked.codes.at(-1)).toEqual({ id: 'r-1', principal: 'anonymous', approval_code: CODE });
    expect(result.structuredContent).toMatchObject({ status: 'approved' });
    expect(firstText(result)).toBe(
      'Approved: before you make the call, call firewall_enforce with the same call and meta.run_key = "r-1".',
    );
  });

  it('says which call is meant where the agent says it', async () => {
    await client.call('require_approval', { ...refund, dry_run_id: 'r-1', approval_code: CODE });
    expect(stack.asked.codes.at(-1)).toMatchObject({
      call_digest: callDigest({ ...refund, principal: 'anonymous' }),
    });
  });

  it('says that a code was not taken, and why', async () => {
    const result = await client.call('require_approval', { dry_run_id: 'r-1', approval_code: 'no' });
    expect(result.structuredContent).toMatchObject({ status: 'pending' });
    expect(firstText(result)).toContain(`The code was not taken: ${WRONG_CODE}. Pending: `);
  });
});

describe('audit_write', () => {
  it('hands the entry on', async () => {
    await client.call('audit_write', {
      action: 'refund sent',
      tool: 'refunds.create',
      ok: false,
      note: 'timed out',
    });
    expect(stack.asked.entries.at(-1)).toEqual({
      action: 'refund sent',
      tool: 'refunds.create',
      ok: false,
      note: 'timed out',
      principal: 'anonymous',
      via: 'mcp-http',
    });
  });
});

describe('arguments', () => {
  it.each([
    ['policy_get', { verbose: true }, 'verbose: unknown field'],
    ['guard_check', { tool: 'a', args: {} }, 'args: unknown field'],
    ['guard_check', {}, 'tool: required'],
    ['firewall_enforce', { tool: 'a', amount: 5 }, 'amount: unknown field'],
    ['firewall_enforce', { tool: 'a b' }, 'tool: expected 1 to 256 characters of A-Z a-z 0-9 _ . : / -'],
    [
      'firewall_enforce',
      { tool: 'a', amount_cents: 1.5 },
      'amount_cents: expected an integer from 0 to 9007199254740991',
    ],
    [
      'firewall_enforce',
      { tool: 'a', amount_cents: '5' },
      'amount_cents: expected an integer from 0 to 9007199254740991',
    ],
    ['firewall_enforce', { tool: 'a', meta: { dry_run_id: 5 } }, 'meta.dry_run_id: '],
    [
      'firewall_enforce',
      { tool: 'a', meta: { run_key: 'a', dry_run_id: 'b' } },
      'meta.run_key: is not what dry_run_id, its older name, says',
    ],
    ['require_approval', { run_key: 'a', dry_run_id: 'b' }, 'run_key: is not what dry_run_id'],
    ['require_approval', { tool: 'a', meta: {} }, 'meta: unknown field'],
    ['require_approval', {}, 'tool: required, or else run_key'],
    [
      'require_approval',
      { dry_run_id: 'a', amount_cents: 5 },
      'amount_cents: belongs to a call: give its tool',
    ],
    ['require_approval', { tool: 'a', approval_code: CODE }, 'run_key: required beside approval_code'],
    ['require_approval', { dry_run_id: 'a', approval_code: '' }, 'approval_code: expected the code'],
    ['audit_write', { action: 'a', ok: 'yes' }, 'ok: '],
    ['audit_write', { action: 'a', principal: 'root' }, 'principal: unknown field'],
  ])('%s refuses %j and names the field', async (tool, args, detail) => {
    const asked = JSON.stringify(stack.asked);
    const result = await client.call(tool, args);
    expect(result.isError).toBe(true);
    expect(firstText(result)).toContain(`invalid_request: ${detail}`);
    expect(firstText(result)).toContain('Nothing was allowed.');
    expect(JSON.stringify(stack.asked)).toBe(asked);
  });
});

describe('faults', () => {
  it("shows a service's own error as a result that allows nothing", async () => {
    const result = await client.call('firewall_enforce', { tool: 'broken.disk' });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(firstText(result)).toBe(
      'storage_unavailable: The event log does not take writes. Nothing was allowed.',
    );
  });

  it('shows a service that is away, and a bus that is away, and is well again with the bus', async () => {
    const lame = await startStack({ without: 'enforcer' });
    const agent = await connectV2(lame, 'http', 'legacy');
    const away = await agent.call('firewall_enforce', { tool: 'shop.search' });
    expect(away.isError).toBe(true);
    expect(firstText(away)).toBe(
      'enforcer_unavailable: The enforcer service is not running. Nothing was allowed.',
    );

    await lame.nats.kill();
    await expect.poll(() => lame.mcp.health().status).toBe('degraded');
    const cut = await agent.call('guard_check', { tool: 'shop.search' });
    expect(cut.isError).toBe(true);
    expect(firstText(cut)).toContain('bus_unavailable: ');
    expect((await fetch(new URL('/healthz', lame.url))).status).toBe(503);

    await lame.nats.restart();
    await expect
      .poll(async () => (await agent.call('guard_check', { tool: 'shop.search' })).structuredContent, {
        timeout: 10_000,
      })
      .toMatchObject({ allowed: true });
    await agent.close();
    await lame.stop();
  });
});
