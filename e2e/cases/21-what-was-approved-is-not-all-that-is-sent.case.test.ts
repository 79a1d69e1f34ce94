import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenToEvents } from '../testkit/firewall/decisions.ts';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { asApprover, get, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient, type RawClient } from '../testkit/transcript/raw-client.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/seeing-server.ts', import.meta.url));
const AEGIS = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const RULES = [
  { match: 'srv.pay', decision: 'deny', when: { 'args.amount': { gt: 100 } } },
  { match: 'srv.pay', decision: 'allow', when: { 'args.amount': 2 } },
  { match: 'srv.pay', decision: 'review' },
  { match: 'resource:*', decision: 'review' },
  { match: '*', decision: 'allow' },
];

type Answer = {
  id: unknown;
  result?: { content: { text: string }[] };
  error?: { code: number; message: string };
};

const ADA = { ask: { action: 'accept', content: { amount: 1, to: 'ada' } } };
const EVE = { ask: { action: 'accept', content: { amount: 1_000_000, to: 'eve' } } };

const words = ({ result, error }: Answer): string => result?.content[0]?.text ?? error?.message ?? '';

const approvalIn = (answer: Answer): string => {
  const all = words(answer).match(/apr_[a-z2-7]{26} is pending/);
  if (!all) throw new Error(`no approval: ${JSON.stringify(answer)}`);
  return all[0].slice(0, 30);
};

describe('an agent that changes what goes with an approved call', () => {
  let stack: Stack;
  let folder: string;
  let client: RawClient;
  let events: Awaited<ReturnType<typeof listenToEvents>>;
  let asked = 0;

  beforeAll(async () => {
    stack = await startRuledStack({ rules: RULES });
    events = await listenToEvents(stack);
    folder = await mkdtemp(join(tmpdir(), 'aegis-case-21-'));
    const args = [SERVER, join(folder, 'seen')];
    const options = ['--hold', '0s'];
    client = openRawClient(
      wrappedBy(stack, { name: 'srv', command: process.execPath, args, options }),
      () => undefined,
    );
    await ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    });
  });
  afterAll(async () => {
    client.kill();
    await events.close();
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(method: string, params: object, beside: object = {}): Promise<Answer> {
    const id = `ask-${++asked}`;
    client.write(JSON.stringify({ jsonrpc: '2.0', id, method, params, ...beside }));
    const isIt = (line: string) => line.includes(`"id":"${id}"`);
    await client.until(0, method, isIt);
    return JSON.parse(client.lines.find(isIt) ?? '') as Answer;
  }
  const pay = (more: object, args: object = { amount: 1 }) =>
    ask('tools/call', { name: 'pay', arguments: args, ...more });
  const approve = async (id: string) => {
    const { body } = await post(
      stack.url,
      `/approvals/${id}/approve`,
      {},
      { authorization: `Bearer ${stack.code}` },
    );
    expect(body).toMatchObject({ status: 'approved' });
  };
  const allowed = () =>
    events.ofType('aegis.decision.enforced.v1').filter(({ data }) => data['outcome'] === 'allowed');
  const seen = async (): Promise<string[]> =>
    (await readFile(join(folder, 'seen'), 'utf8')).split('\n').filter((line) => line.includes('"pay"'));

  it('is asked anew: the person sees all of it, and what runs is what they saw', async () => {
    const meta = { 'com.example/tenant': 'test', progressToken: 1 };
    const first = { inputResponses: ADA, _meta: meta };
    const id = approvalIn(await pay(first));
    const input = { inputResponses: ADA, _meta: { 'com.example/tenant': 'test' } };
    expect((await get(stack.url, `/approvals/${id}`, asApprover)).body).toMatchObject({
      args: { amount: 1 },
      input,
    });
    const env = { ...process.env, AEGIS_APPROVER_KEY: stack.code };
    const command = [AEGIS, 'approvals', 'show', id, '--url', stack.url];
    const shown = await promisify(execFile)(process.execPath, command, { env });
    expect(shown.stdout).toContain('"to":"ada"');
    await approve(id);

    const others = [
      { inputResponses: EVE, _meta: { 'com.example/tenant': 'test' } },
      { inputResponses: ADA, _meta: { 'com.example/tenant': 'prod' } },
      { ...first, task: { ttl: 1 } },
      { ...first, override: { amount: 1_000_000 } },
      { ...first, requestState: 'eve' },
      { _meta: meta },
    ];
    for (const other of others) {
      const answer = await pay(other);
      expect(words(answer)).toContain('it differs from the call of approval');
      expect(approvalIn(answer)).not.toBe(id);
    }
    expect(await seen()).toEqual([]);

    const again = {
      ...first,
      _meta: { ...meta, progressToken: 2, 'claudecode/toolUseId': 'toolu_2' },
    };
    expect(words(await pay(again))).toBe('ran tools/call');
    const lines = await seen();
    expect(lines.map((line) => (JSON.parse(line) as { params: object }).params)).toMatchObject([again]);
    await expect.poll(() => allowed().length).toBe(1);
    expect(allowed()[0]?.data).toMatchObject({ approval_id: id, recorded_input: input });
  });

  it('finds no way beside the params, and none by another method', async () => {
    const before = (await seen()).length;
    const beside = await ask('tools/call', { name: 'pay', arguments: { amount: 1 } }, { override: EVE });
    expect(beside.error?.code).toBe(-32_600);
    for (const params of [{ Arguments: EVE }, { input_responses: EVE }, { _Meta: EVE }]) {
      expect((await pay(params)).error?.code).toBe(-32_600);
    }
    const refused = await ask('completion/complete', { ref: {}, argument: {}, inputResponses: EVE });
    expect(refused.error?.code).toBe(-32_602);
    const read = (tenant: string) =>
      ask('resources/read', { uri: 'file:///a', _meta: { 'com.example/tenant': tenant } });
    const id = approvalIn(await read('test'));
    await approve(id);
    expect(approvalIn(await read('prod'))).not.toBe(id);
    expect((await read('test')).error).toBeUndefined();
    expect((await seen()).length).toBe(before);
  });

  it('reaches a person with what nobody knows, also where a rule allows the call', async () => {
    expect(words(await pay({}, { amount: 2 }))).toBe('ran tools/call');
    const id = approvalIn(await pay({ override: 1 }, { amount: 2 }));
    expect((await get(stack.url, `/approvals/${id}`, asApprover)).body).toMatchObject({
      input: { override: 1 },
      reasons: expect.arrayContaining([expect.stringContaining('"override"')]),
    });
  });
});
