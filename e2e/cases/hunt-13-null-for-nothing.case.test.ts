import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { type Enforced, enforce, post } from '../testkit/rest.ts';
import { changePolicy, startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient } from '../testkit/transcript/raw-client.ts';

const AEGIS = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const SERVER = fileURLToPath(new URL('../testkit/firewall/seeing-server.ts', import.meta.url));
const FIXTURE = new URL('../fixtures/original/policies.yaml', import.meta.url);

type Rule = { match: string; reason?: string };
type Seed = {
  description: string;
  policy: Record<string, unknown>;
  migrated?: string[];
  calls: { call: { tool: string }; decision: 'allow' | 'review' | 'deny'; reason?: string }[];
};
type Ask = (method: string, params: object | null) => Promise<string>;
type Checked = { decision: string; reasons: string[] };

const seeds = parse(await readFile(FIXTURE, 'utf8')) as Seed[];
const STATUS = { allow: 'allowed', review: 'pending', deny: 'blocked' } as const;

let stack: Stack;
beforeAll(async () => {
  const [command, args] = [process.execPath, [SERVER, '/dev/null']];
  stack = await startRuledStack({
    rules: [{ match: '*', decision: 'deny' }],
    mcpServers: { http: { command, args, aegis: { hold: '0s' } } },
  });
});
afterAll(() => stack.stop());

async function run(...args: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', AEGIS_DATA_DIR: stack.dataDir };
  return promisify(execFile)(process.execPath, [AEGIS, ...args], { env });
}

/** Asks over HTTP as an MCP client does: the answer, and the session where it opens one. */
async function postMcp(url: string, message: object, session: Record<string, string> = {}) {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...session }, body });
  const said = await response.text();
  const text =
    said
      .match(/^data: (\{.*)$/gm)
      ?.at(-1)
      ?.slice(6) ?? said;
  return { text, id: response.headers.get('mcp-session-id') };
}

/** A client of the wrapped server, which writes what it likes. */
function wrapped() {
  const target = { name: 'srv', command: process.execPath, args: [SERVER, '/dev/null'] };
  const client = openRawClient(wrappedBy(stack, { ...target, options: ['--hold', '0s'] }), () => undefined);
  let asked = 0;
  const ask: Ask = async (method, params) => {
    const id = `a-${++asked}`;
    const from = client.lines.length;
    client.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const isAnswer = (line: string) => line.includes(`"id":"${id}"`);
    await client.until(from, method, isAnswer);
    return client.lines.slice(from).find(isAnswer) ?? '';
  };
  return { ask, close: () => client.close() };
}
/** The same over HTTP. */
function overHttp() {
  let session: Record<string, string> = {};
  const ask: Ask = async (method, params) => {
    const { text, id } = await postMcp(`${stack.mcpUrl}/http`, { id: 1, method, params }, session);
    if (id !== null) session = { 'mcp-session-id': id };
    return text;
  };
  return { ask, close: async () => undefined };
}

describe.each(seeds)('a policy of the original system: $description', ({ policy, migrated, calls }) => {
  beforeAll(() => changePolicy(stack, policy));

  it('is valid by REST and by CLI, from the same file', async () => {
    const validate = async () => (await post(stack.url, '/policy/validate', { policy })).body;
    // On a busy machine the first look may take longer than a caller is given.
    await expect.poll(validate).toMatchObject({ ok: true, errors: [] });
    const { stdout } = await run('policy', 'validate', stack.policyPath);
    expect(stdout).toMatch(/^valid/);
  });

  it.each(calls)('says $decision of $call', async ({ call, decision, reason }) => {
    const expected = reason === undefined ? [] : [expect.stringContaining(reason)];
    const checked = await post<Checked>(stack.url, '/guard/check', call);
    expect(checked.body).toMatchObject({ decision, reasons: expected });
    const enforced = await enforce(stack.url, { ...call, args: null, meta: { reason: null } });
    expect(enforced.body).toMatchObject({ status: STATUS[decision], reasons: expected });
  });

  it.each(migrated === undefined ? [] : [{ migrated }])(
    'is version 2 with the reasons of version 1, by REST and by CLI',
    async ({ migrated: matches }) => {
      const { body } = await post<{ policy: { rules: Rule[] } }>(stack.url, '/policy/migrate', { policy });
      const { stdout } = await run('policy', 'migrate', stack.policyPath);
      expect(parse(stdout)).toEqual(body.policy);
      const { rules } = body.policy;
      expect([...new Set(rules.map(({ match }) => match))]).toEqual(matches);
      expect(rules.filter(({ reason }) => !reason)).toEqual([]);
      const valid = await post(stack.url, '/policy/validate', { policy: body.policy });
      expect(valid.body).toMatchObject({ ok: true });
    },
  );
});

it('both names of the reason at once are an error that names both', async () => {
  const rules = [{ match: 'a.*', decision: 'deny', reason: 'a', description: 'b' }];
  const { body } = await post<{ errors: string[] }>(stack.url, '/policy/validate', {
    policy: { version: 2, rules },
  });
  expect(body.errors).toEqual([expect.stringMatching(/^rules\.0\.reason: .*description/)]);
});

describe('null for what is left out', () => {
  const FIELDS = { op: null, amount_cents: null, args: null, meta: null };
  beforeAll(() =>
    changePolicy(stack, {
      version: 2,
      rules: [
        { match: 'ask.*', decision: 'review' },
        { match: '*.pay', decision: 'review' },
        { match: '*', decision: 'allow' },
      ],
    }),
  );

  it('is absent over REST, and an approval of a call with nulls is for the same call without them', async () => {
    const asked = await enforce(stack.url, { tool: 'ask.a', ...FIELDS });
    expect(asked.body).toMatchObject({ status: 'pending' });
    const { approval_id = '' } = asked.body;
    const word = { approval_id, approval_code: stack.code, reason: null };
    expect((await post(stack.url, '/approvals/complete', word)).status).toBe(200);
    const meta = { dry_run_id: approval_id, reason: null };
    expect((await enforce(stack.url, { tool: 'ask.a', meta })).body).toMatchObject({ status: 'allowed' });
    expect((await enforce(stack.url, { tool: 'ask.a', ...FIELDS, meta })).body).toMatchObject({
      status: 'pending',
    });
    const entry = { action: 'noted', tool: null, ok: null, note: null };
    expect((await post(stack.url, '/audit', entry)).status).toBe(201);
  });

  it.each([
    ['firewall_enforce', { tool: 'a.b', ...FIELDS, idempotency_key: null }],
    ['firewall_enforce', { tool: 'a.b', meta: { dry_run_id: null, reason: null } }],
    ['guard_check', { tool: 'a.b', op: null, amount_cents: null }],
    ['audit_write', { action: 'noted', tool: null, ok: null, note: null }],
    ['require_approval', { tool: 'a.c', op: null, amount_cents: null, args: null, dry_run_id: null }],
    ['policy_get', null],
  ])('is absent in %s with %j', async (name, given) => {
    const params = { name, arguments: given, _meta: null };
    const { text } = await postMcp(stack.mcpUrl, { id: 1, method: 'tools/call', params });
    const { result } = JSON.parse(text) as { result?: { isError?: boolean; structuredContent?: Enforced } };
    expect([result?.isError, result?.structuredContent]).toEqual([undefined, expect.any(Object)]);
  });

  it.each([
    ['wrap', wrapped],
    ['/mcp', overHttp],
  ])(
    'is absent in the path, by %s, and an approval is for the call with null and without',
    async (_, open) => {
      const { ask, close } = open();
      const info = { name: 'c', version: null };
      await ask('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: info,
        _meta: null,
      });
      expect(await ask('tools/list', { cursor: null, _meta: null })).toContain('"pay"');
      expect(await ask('ping', null)).toContain('"result"');
      const asked = await ask('tools/call', { name: 'pay', arguments: null, _meta: { progressToken: null } });
      const [approval_id] = /apr_[a-z2-7]{26}/.exec(asked) ?? [];
      const word = { approval_id, approval_code: stack.code };
      expect((await post(stack.url, '/approvals/complete', word)).status).toBe(200);
      expect(await ask('tools/call', { name: 'pay' })).toContain('ran tools/call');
      expect(await ask('tools/call', { name: 'pay', arguments: null, task: null })).toContain('is pending');
      await close();
    },
  );
});
