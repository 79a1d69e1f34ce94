import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenToEvents } from '../testkit/firewall/decisions.ts';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { asApprover, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient } from '../testkit/transcript/raw-client.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/seeing-server.ts', import.meta.url));
/** Legal JSON, none of which JavaScript writes in the same way, but for the first two. */
const NUMBERS =
  '1732896000000000000,725653563933458432,9007199254740993,12345678901234567890,1e21,1e308,1E400,-0,1.0,1e-400';
const OPENING = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'x', version: '1' },
};

/** Sends one request under an id, and gives the text of what answers it. */
type Ask = (id: string, method: string, params: string) => Promise<string>;
const request = (id: string, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":"${id}","method":"${method}","params":${params}}`;

function overStdio(stack: Stack, seen: string): { ask: Ask; close: () => void } {
  const options = ['--hold', '0s'];
  const wrapped = wrappedBy(stack, { name: 'srv', command: process.execPath, args: [SERVER, seen], options });
  const client = openRawClient(wrapped, () => undefined);
  const ask: Ask = async (id, method, params) => {
    client.write(request(id, method, params));
    const isIt = (line: string) => line.includes(`"id":"${id}"`);
    await client.until(0, method, isIt);
    return client.lines.find(isIt) ?? '';
  };
  return { ask, close: () => client.kill() };
}

function overHttp(url: string): { ask: Ask; close: () => void } {
  let session: string | undefined;
  const ask: Ask = async (id, method, params) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
    };
    const response = await fetch(url, { method: 'POST', headers, body: request(id, method, params) });
    session ??= response.headers.get('mcp-session-id') ?? undefined;
    return response.text();
  };
  return { ask, close: () => undefined };
}

let stack: Stack;
let events: Awaited<ReturnType<typeof listenToEvents>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-hunt-21-'));
  const limit = JSON.rawJSON('12345678901234567890');
  const rules = [
    { match: '*', decision: 'deny', when: { 'args.id': { exists: true, gt: limit } } },
    { match: '*', decision: 'allow', when: { 'args.id': { exists: true, eq: limit } } },
    { match: '*', decision: 'review' },
  ];
  const args = [SERVER, join(folder, 'http')];
  const srv = { command: process.execPath, args, aegis: { hold: '0s' } };
  stack = await startRuledStack({ rules, mcpServers: { srv } });
  events = await listenToEvents(stack);
});
afterAll(async () => {
  await events.close();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const decided = () =>
  events.ofType('aegis.decision.enforced.v1').filter(({ data }) => data['outcome'] === 'allowed');
const textOf = async (path: string): Promise<string> =>
  (await fetch(`${stack.url}${path}`, { headers: asApprover })).text();
const approve = async (id: string): Promise<void> => {
  const { body } = await post(
    stack.url,
    `/approvals/${id}/approve`,
    {},
    { authorization: `Bearer ${stack.code}` },
  );
  expect(body).toMatchObject({ status: 'approved' });
};
const approvalIn = (answer: string): string => {
  const [id] = /apr_[a-z2-7]{26}/.exec(answer) ?? [];
  if (id === undefined) throw new Error(`no approval: ${answer}`);
  return id;
};

describe.each(['stdio', 'http'] as const)(
  'a call in the path with numbers that no double holds, over %s',
  (way) => {
    let client: ReturnType<typeof overHttp>;
    beforeAll(async () => {
      client = way === 'stdio' ? overStdio(stack, join(folder, way)) : overHttp(`${stack.mcpUrl}/srv`);
      await client.ask('open', 'initialize', JSON.stringify(OPENING));
      await client.ask('list', 'tools/list', '{}');
    });
    afterAll(() => client.close());
    const pay = (id: string, args: string) =>
      client.ask(`${way}-${id}`, 'tools/call', `{"name":"pay","arguments":${args}}`);
    const seen = async (): Promise<string[]> =>
      (await readFile(join(folder, way), 'utf8')).split('\n').filter((line) => line.includes('"pay"'));

    it('is shown as it is written, approved as it is written, and runs so', async () => {
      const args = `{"way":"${way}","n":[${NUMBERS}]}`;
      const id = approvalIn(await pay('first', args));
      expect(await textOf(`/approvals/${id}`)).toContain(`"args":${args}`);
      await approve(id);
      for (const [from, to] of [
        ['725653563933458432', '725653563933458433'],
        ['12345678901234567890', '12345678901234567891'],
        ['1e308', '1e309'],
        ['1.0', '1'],
        ['-0', '0'],
        ['1E400', '1e400'],
      ] as const) {
        expect(approvalIn(await pay(to, args.replace(from, to)))).not.toBe(id);
      }
      expect(await seen()).toEqual([]);
      expect(await pay('again', args)).toContain('ran tools/call');
      expect((await seen()).join()).toContain(args);
      await expect
        .poll(() => decided().find(({ data }) => data['approval_id'] === id)?.data['recorded_args'])
        .toBeDefined();
      const kept = decided().find(({ data }) => data['approval_id'] === id)?.data['recorded_args'];
      expect(JSON.stringify(kept)).toBe(args);
    });

    it('is compared to the last digit', async () => {
      const exactly = await pay('exactly', '{"id":12345678901234567890}');
      const more = await pay('more', '{"id":12345678901234567891}');
      expect(exactly).toContain('ran tools/call');
      expect(more).toContain('args.id is 12345678901234567891, more than 12345678901234567890');
      expect(more).not.toContain('ran tools/call');
    });
  },
);

const enforceAsRest = async (sent: string, amount = '900') => {
  const body = `{"tool":"pay","amount_cents":${amount},"args":${sent},"meta":{"dry_run_id":"rest"}}`;
  const { body: answer } = await post(stack.url, '/guard/enforce', body);
  return answer;
};

it('a call by REST is the one with these numbers, and its amount a whole number that a double holds', async () => {
  const args = `{"n":[${NUMBERS}]}`;
  const { approval_id: id } = await enforceAsRest(args);
  expect(await textOf(`/approvals/${String(id)}`)).toContain(`"args":${args}`);
  await approve(String(id));
  expect(await enforceAsRest(args.replace('12345678901234567890', '12345678901234567891'))).toMatchObject({
    status: 409,
  });
  // An amount is money, and 900.0 cents are 900.
  expect(await enforceAsRest(args, '900.0')).toMatchObject({ status: 'allowed', approval_id: id });
  for (const amount of ['9007199254740993', '1e400', '0.5']) {
    expect(await enforceAsRest(args, amount)).toMatchObject({
      status: 422,
      detail: 'amount_cents: expected an integer from 0 to 9007199254740991',
    });
  }
});

it('a call by the MCP tool is the one with these numbers', async () => {
  const { ask } = overHttp(stack.mcpUrl);
  await ask('open', 'initialize', JSON.stringify(OPENING));
  const args = `{"way":"tool","n":[${NUMBERS}]}`;
  const enforce = (id: string, sent: string) =>
    ask(
      id,
      'tools/call',
      `{"name":"firewall_enforce","arguments":{"tool":"pay","args":${sent},"meta":{"dry_run_id":"tool"}}}`,
    );
  const id = approvalIn(await enforce('tool-1', args));
  expect(await textOf(`/approvals/${id}`)).toContain(`"args":${args}`);
  await approve(id);
  expect(await enforce('tool-2', args.replace('1.0', '1'))).toContain('is in use for another call');
  expect(await enforce('tool-3', args)).toContain('Allowed: make this call now');
});
