import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { startOpenStack } from '../testkit/ruled-stack.ts';
import { type Stack, startStack } from '../testkit/stack.ts';

const SERVER = `
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method } = JSON.parse(line);
    const result = method === 'tools/call' ? { content: [{ type: 'text', text: 'it ran' }] } : { tools: [{ name: 'echo', inputSchema: { type: 'object' } }], capabilities: { tools: {} }, protocolVersion: '2025-11-25', serverInfo: { name: 'e', version: '1' } };
    if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  });`;

let first: Stack;
let second: Stack | undefined;
beforeAll(async () => {
  first = await startOpenStack();
});
afterAll(async () => {
  await second?.stop();
  await first.stop();
});

it('a wrapped server that runs finds the firewall that comes back on other ports', async () => {
  const { command, args, env } = wrappedBy(first, {
    name: 'keep',
    command: process.execPath,
    args: ['-e', SERVER],
  });
  const client = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method: string, params: object): Promise<string> => {
    client.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
    return String((await lines.next()).value);
  };
  const call = () => ask('tools/call', { name: 'echo', arguments: {} });
  await ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  });
  expect(await call()).toContain('it ran');
  await first.end();
  expect(await call()).toContain("AegisMCP can't decide now: the firewall is away");
  second = await startStack({ dataDir: first.dataDir, env: { POLICY_PATH: first.policyPath } });
  expect([second.natsUrl, second.url, second.mcpUrl]).not.toContain(first.natsUrl);
  await expect.poll(call).toContain('it ran');
  client.stdin.end();
  await once(client, 'exit');
});
