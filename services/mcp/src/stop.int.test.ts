import { connectV2 } from '@aegis/testkit/mcp-clients';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { messageIn, send, toolCall } from './testkit/post.ts';
import { type Stack, startStack } from './testkit/stack.ts';

let stack: Stack;

beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.stop());

const SLOW = { tool: 'shop.search', op: 'slow' };
const slowOneIsIn = () => expect.poll(() => stack.asked.enforces.length).toBe(1);

it('answers an older client that is waiting, and takes no new one', async () => {
  const waiting = send(stack.url, 'POST', toolCall('firewall_enforce', SLOW));
  await slowOneIsIn();
  await stack.mcp.stop();
  expect(messageIn(await waiting).result).toMatchObject({ structuredContent: { allowed: true } });
  await expect(send(stack.url, 'POST', toolCall('policy_get', {}))).rejects.toThrow('ECONNREFUSED');
});

it('answers a new client that is waiting', async () => {
  const client = await connectV2(stack, 'http', 'modern');
  const waiting = client.call('firewall_enforce', SLOW);
  await slowOneIsIn();
  await stack.mcp.stop();
  expect((await waiting).structuredContent).toMatchObject({ allowed: true });
  await client.close();
});
