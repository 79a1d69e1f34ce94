import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { startOpenStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient } from '../testkit/transcript/raw-client.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/unclear-server.ts', import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await startOpenStack();
});
afterAll(() => stack.stop());

it.each(['', 'again'])(
  'a call before any list is decided, though each page has the cursor %j',
  async (cursor) => {
    const target = wrappedBy(stack, { name: 'srv', command: process.execPath, args: [SERVER, cursor] });
    const client = openRawClient(target, () => undefined);
    const params = { name: 'plain', arguments: {} };
    client.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
    await client.until(0, 'the answer', (line) => line.includes('"id":1'));
    expect(client.lines.join('\n')).toContain('"text":"ok"');
    await client.close();
  },
);
