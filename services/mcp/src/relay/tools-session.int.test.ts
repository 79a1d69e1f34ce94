import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MISREAD_CALLS, toolCall } from '../../testkit/post.ts';
import { STDIO_CHILD, type Stack, startStack } from '../../testkit/stack.ts';

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

/** The program that a client starts, and all that it has written. */
function start() {
  const child = spawn(process.execPath, [STDIO_CHILD], { env: { ...stack.childEnv, LOG_LEVEL: 'trace' } });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString();
  });
  const messages = (): Message[] =>
    written.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Message);
  const serving = () =>
    expect.poll(() => written.stderr, { timeout: 10_000 }).toContain('serving MCP on stdio');
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  return { child, written, messages, serving, exited };
}

/** Writes the input whole, closes it and waits for the end, as `aegis mcp < file` would. */
async function converse(input: string | Buffer) {
  const run = start();
  run.child.stdin.end(input);
  const [code] = await run.exited;
  return { code, messages: run.messages(), stderr: run.written.stderr };
}

describe('a conversation on stdio', () => {
  it('answers everything that came before the end of the input, then ends by itself', async () => {
    const lines = [
      toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' }, 'a'),
      toolCall('firewall_enforce', { tool: 'refunds.create' }, 'b'),
    ];
    const { code, messages } = await converse(lines.join('\n'));
    expect(code).toBe(0);
    expect(messages.find(({ id }) => id === 'a')?.result?.structuredContent).toMatchObject({ allowed: true });
    expect(messages.find(({ id }) => id === 'b')?.result?.structuredContent).toMatchObject({
      status: 'pending',
    });
    expect(stack.asked.enforces.at(-1)?.via).toBe('mcp-stdio');
  });

  it('has nothing but protocol lines on stdout; the log is on stderr', async () => {
    const input = ['not json', toolCall('guard_check', { tool: 5 }), toolCall('policy_get', {}, 2)].join(
      '\n',
    );
    const { messages, stderr } = await converse(input);
    expect(messages).toHaveLength(3);
    for (const message of messages) expect(message).toMatchObject({ jsonrpc: '2.0' });
    expect(stderr).toContain('"msg":"tool call failed"');
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

  it.each(['SIGTERM', 'SIGINT'] as const)('on %s answers what is in and ends', async (signal) => {
    const { child, messages, serving, exited } = start();
    await serving();
    const before = stack.asked.enforces.length;
    child.stdin.write(`${toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' })}\n`);
    await expect.poll(() => stack.asked.enforces.length).toBe(before + 1);
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(messages()[0]?.result?.structuredContent).toMatchObject({ allowed: true });
  });

  it('ends when the client is gone', async () => {
    const { child, serving, exited } = start();
    await serving();
    child.stdout.destroy();
    child.stdin.write(`${toolCall('policy_get', {})}\n`);
    expect(await Promise.race([exited, sleep(5_000, 'still there')])).toEqual([0, null]);
  });
});
