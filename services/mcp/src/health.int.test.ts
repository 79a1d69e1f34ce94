import { expect, onTestFinished, test } from 'vitest';
import { askToRelay, relayOver } from './relay/testkit/relay-client.ts';
import { startStack } from './testkit/stack.ts';

const BEHIND = 'this replica is behind the log';

test('what the firewall lacks is said once a relay came that stands for a server, and not before', async () => {
  const stack = await startStack();
  onTestFinished(() => stack.stop());
  const problems = () => stack.mcp.health().problems;
  const asked = await askToRelay(stack.mcp.agentAddress() ?? '', stack.childEnv.AGENT_CREDENTIAL);
  if (!('socket' in asked)) throw new Error(`refused with ${asked.status}`);
  await stack.nats.kill();
  await expect.poll(problems).toEqual(['The message bus is away.']);
  relayOver(asked.socket).hello({ mode: 'wrap', server: 'shop' });
  await expect.poll(problems).toContain(BEHIND);
  asked.socket.destroy();
  expect(problems()).toContain(BEHIND);
});
