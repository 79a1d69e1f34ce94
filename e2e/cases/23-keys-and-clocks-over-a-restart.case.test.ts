import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforce, get, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import { CODE, type Stack, startStack } from '../testkit/stack.ts';

const MAIN = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const CLOCK = pathToFileURL(join(import.meta.dirname, '../testkit/data-directory/clock-hook.js')).href;
const AHEAD = { NODE_OPTIONS: `--import=${CLOCK}`, AEGIS_TEST_CLOCK_SHIFT_MS: '3600000' };
const SOON = { timeout: 10_000 };
const USE_WITHIN_MS = 2_000;
const CALL = { tool: 'shop.pay' };
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
};

let first: Stack;
let stack: Stack;
/** What became of the call just before the restart, while the clock was an hour ahead. */
let approved: unknown;
beforeAll(async () => {
  first = await startRuledStack({
    rules: [{ match: '*', decision: 'review' }],
    env: {
      ...AHEAD,
      APPROVAL_USE_WITHIN_MS: String(USE_WITHIN_MS),
    },
  });
  stack = first;
});
afterAll(async () => {
  await stack.end();
  await first.stop();
});

const aegis = async (...args: string[]): Promise<string> => {
  // A command has the clock of its machine, as the firewall does.
  const env = { ...process.env, ...(stack === first ? AHEAD : {}), AEGIS_DATA_DIR: stack.dataDir };
  return (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout.trim();
};
const keysFile = (): string => join(stack.dataDir, 'mcp-keys.json');
const restart = async (): Promise<void> => {
  stack = await startStack({ dataDir: first.dataDir, env: { POLICY_PATH: first.policyPath } });
};
const asks = async (key?: string): Promise<number> => {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const body = JSON.stringify(INITIALIZE);
  const response = await fetch(stack.mcpUrl, {
    method: 'POST',
    headers: { ...headers, ...authorization },
    body,
  });
  await response.text();
  return response.status;
};
const health = async (): Promise<string> => JSON.stringify((await get(stack.url, '/health')).body);

describe('keys count at once', () => {
  let key: string;

  it('the first key of a running firewall shuts out who has none, and another lets in whose it is', async () => {
    expect(await asks()).toBe(200);
    key = await aegis('keys', 'add', 'laptop');
    await expect.poll(() => asks(), SOON).toBe(401);
    expect(await asks(key)).toBe(200);
    const other = await aegis('keys', 'add', 'other');
    await expect.poll(() => asks(other), SOON).toBe(200);
    await aegis('keys', 'remove', 'other');
    await expect.poll(() => asks(other), SOON).toBe(401);
    expect(await asks(key)).toBe(200);
  });

  it('an approver who is taken out decides nothing from then on', async () => {
    const secret = await aegis('approvers', 'add', 'ada', '--role', 'admin');
    const { body } = await enforce(stack.url, { tool: 'shop.refund' });
    expect(body).toMatchObject({ status: 'pending' });
    const grants = async () => {
      const headers = { authorization: `Bearer ${secret}` };
      const response = await fetch(`${stack.url}/grants`, { headers });
      await response.text();
      return response.status;
    };
    await expect.poll(grants, SOON).toBe(200);
    await aegis('approvers', 'remove', 'ada');
    await expect.poll(grants, SOON).toBe(401);
    const headers = { authorization: `Bearer ${secret}` };
    const { status } = await post(stack.url, `/approvals/${body.approval_id}/approve`, {}, headers);
    expect(status).toBe(401);
  });

  it('a file that turns bad lets nobody in, and health names the field', async () => {
    await writeFile(keysFile(), '{"keys":{"laptop":"plain"}}');
    await expect.poll(() => asks(key), SOON).toBe(401);
    expect(await asks()).toBe(401);
    await expect.poll(health, SOON).toContain('keys.laptop');
  });

  it('a file that is gone lets nobody in, now and after a restart, and health says so', async () => {
    await rm(keysFile());
    await expect.poll(health, SOON).toContain('mcp-keys.json can');
    expect(await asks()).toBe(401);
    const asked = await enforce(stack.url, CALL);
    expect(asked.body).toMatchObject({ status: 'pending' });
    const { approval_id } = asked.body;
    approved = (await post(stack.url, '/approvals/complete', { approval_id, approval_code: CODE })).body;
    await stack.end();
    await sleep(USE_WITHIN_MS);
    await restart();
    expect([await asks(), await asks(key)]).toEqual([401, 401]);
    expect(await health()).toContain('nobody is let in over HTTP');
    const anew = await aegis('keys', 'add', 'laptop');
    await expect.poll(() => asks(anew), SOON).toBe(200);
    expect(await asks()).toBe(401);
  });
});

it('what was approved while the clock was ahead has no more time to be used after a restart', async () => {
  expect(approved).toMatchObject({ status: 'approved' });
  const { body } = await enforce(stack.url, CALL);
  expect(body).toMatchObject({ allowed: false });
});
