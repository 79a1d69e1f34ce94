import { connectAs } from '@aegis/bus/law';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const MANY = 30;
let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({
    rules: [{ match: '*', decision: 'deny' }],
    // Nobody listens there: what is refused does not come so far.
    mcpServers: { files: { url: 'http://127.0.0.1:9/mcp' } },
  });
});
afterAll(() => stack.stop());

/** The subjects of the log, each of which the NATS server keeps in memory for good. */
async function subjects(): Promise<number> {
  const nc = await connectAs('admin', { url: stack.natsUrl, keysDir: stack.keysDir });
  try {
    const asked = JSON.stringify({ subjects_filter: '>' });
    const info = await nc.request('$JS.API.STREAM.INFO.AEGIS', asked, { timeout: 5_000 });
    return Object.keys(info.json<{ state: { subjects?: object } }>().state.subjects ?? {}).length;
  } finally {
    await nc.close();
  }
}
const refused = async () =>
  (await allAudit(stack.url)).filter(({ type }) => type === 'aegis.call.refused.v1');

const ask = async () => {
  const answer = await fetch(`${stack.mcpUrl}/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/call"}',
  });
  expect(answer.status).toBe(400);
};

describe('what is not let through costs no subject for each', () => {
  it('messages that are refused share one, and each has its line in the record', async () => {
    const before = await subjects();
    for (let n = 0; n < MANY; n++) await ask();
    await expect.poll(async () => (await refused()).length).toBe(MANY);
    expect(new Set((await refused()).map(({ event_id }) => event_id)).size).toBe(MANY);
    // One of them, and one of how many requests had a 400.
    expect((await subjects()) - before).toBeLessThanOrEqual(2);
  });

  it('nor do calls that are denied, and own entries', async () => {
    const before = await subjects();
    for (let n = 0; n < MANY; n++) {
      await enforce(stack.url, { tool: `a.tool-${n}` });
      await post(stack.url, '/audit', { action: `noise ${n}` });
    }
    expect((await subjects()) - before).toBeLessThanOrEqual(2);
  });
});
