import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MISREAD_CALLS, toolCall } from '../testkit/post.ts';
import { type Stack, startStack } from '../testkit/stack.ts';
import { askToRelay, relayOver } from './testkit/relay-client.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

type Message = {
  id?: unknown;
  result?: { structuredContent?: object; isError?: boolean };
  error?: { code: number; message: string };
};

/** A relay of the tools that said hello. */
async function start() {
  const asked = await askToRelay(stack.mcp.agentAddress() ?? '', stack.childEnv.AGENT_CREDENTIAL);
  if (!('socket' in asked)) throw new Error(`refused with ${asked.status}`);
  const relay = relayOver(asked.socket);
  relay.hello({ mode: 'tools' });
  const messages = (): Message[] =>
    relay
      .output()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Message);
  return { ...relay, messages };
}

/** Says the input whole and no more, and waits for the end, as `aegis mcp < file` would. */
async function converse(input: string | Buffer) {
  const { send, isOver, messages } = await start();
  const bytes = Buffer.from(input);
  for (let at = 0; at < bytes.length; at += 200_000) {
    send('C', bytes.subarray(at, at + 200_000));
    // What a relay sends stays within the window.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  send('E', '');
  await expect.poll(isOver, { timeout: 10_000 }).toBe(true);
  return { messages: messages() };
}

describe('a conversation of a relay with the tools', () => {
  it('answers everything that came before the end of the input, then ends by itself', async () => {
    const lines = [
      toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' }, 'a'),
      toolCall('firewall_enforce', { tool: 'refunds.create' }, 'b'),
    ];
    const { messages } = await converse(lines.join('\n'));
    expect(messages.find(({ id }) => id === 'a')?.result?.structuredContent).toMatchObject({ allowed: true });
    expect(messages.find(({ id }) => id === 'b')?.result?.structuredContent).toMatchObject({
      status: 'pending',
    });
    expect(stack.asked.enforces.at(-1)?.via).toBe('mcp-stdio');
  });

  it('has nothing but protocol lines for the client', async () => {
    const input = ['not json', toolCall('guard_check', { tool: 5 }), toolCall('policy_get', {}, 2)].join(
      '\n',
    );
    const { messages } = await converse(input);
    expect(messages).toHaveLength(3);
    for (const message of messages) expect(message).toMatchObject({ jsonrpc: '2.0' });
  });

  it.each([
    ['text that is not JSON', 'nonsense', null, -32700, 'not valid JSON'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a]), null, -32700, 'UTF-8'],
    [
      'a key that is there twice',
      toolCall('guard_check', { tool: 'x' }, 9).replace('"tool":', '"tool":"y","tool":'),
      9,
      -32600,
      'same key twice',
    ],
    ['a batch', `[${toolCall('policy_get', {})}]`, null, -32600, 'Batches are not supported'],
    ['more than 8 MiB', 'x'.repeat(8_388_609), null, -32600, 'at most 8388608 bytes'],
  ])('refuses %s and goes on', async (_what, bad, id, code, detail) => {
    const input = Buffer.concat([Buffer.from(bad), Buffer.from(`\n${toolCall('policy_get', {}, 'next')}\n`)]);
    const { messages } = await converse(input);
    expect(messages[0]).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
    expect(messages[0]?.error?.message).toContain(detail);
    expect(messages.find((message) => message.id === 'next')?.result?.structuredContent).toMatchObject({
      version: 2,
    });
  });

  it('reads each key as it is written, whatever was read before', async () => {
    const { messages } = await converse(MISREAD_CALLS.join('\n'));
    expect(messages).toHaveLength(2);
    expect(stack.asked.enforces.slice(-2).map(({ call }) => call.args)).toContainEqual({
      query: 'x',
      '"': 'other',
    });
  });
});

describe('a flood of requests', () => {
  const slow = toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' }, 'one');
  const cancel = JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 'one' },
  });
  it.each([
    ['under one id', `${slow}\n`],
    ['under one id that is cancelled each time', `${slow}\n${cancel}\n`],
  ])('%s asks the firewall once, and each other one is refused', async (_what, lines) => {
    const { send, messages, frames } = await start();
    const before = stack.asked.enforces.length;
    send('C', lines.repeat(500));
    await expect.poll(() => messages().filter(({ error }) => error?.code === -32_600)).toHaveLength(499);
    expect(messages().find(({ error }) => error)?.error?.message).toContain('waits for its answer already');
    expect(stack.asked.enforces).toHaveLength(before + 1);
    const answered = (): number =>
      new Set(frames.filter(({ type }) => 'cd'.includes(type)).map(({ n }) => n)).size;
    await expect.poll(answered, { timeout: 5_000 }).toBe(lines.repeat(500).split('\n').length - 1);
  });
});

it.each([0, 1])(
  'a client ends once, then it may hang up, and a repeat of %i ends the connection',
  async (n) => {
    const { send, frames, isOver } = await start();
    send('C', `${toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' })}\n`);
    for (const said of [0, 1, n]) send('E', '', said);
    await expect.poll(isOver).toBe(true);
    expect(frames.at(-1)).toMatchObject({
      type: 'f',
      text: expect.stringContaining('ended already') as string,
    });
  },
);

it('what is asked when the service stops is answered', async () => {
  const { send, messages, isOver } = await start();
  const before = stack.asked.enforces.length;
  send('C', `${toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' })}\n`);
  await expect.poll(() => stack.asked.enforces.length).toBe(before + 1);
  await stack.mcp.stop();
  await expect.poll(isOver).toBe(true);
  expect(messages()[0]?.result?.structuredContent).toMatchObject({ allowed: true });
});
