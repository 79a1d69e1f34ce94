import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, get } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

describe('the stack on a NATS server of the user', () => {
  let server: TestNatsServer;
  let stack: Stack;
  beforeAll(async () => {
    server = await startNatsServer({ provisioned: false });
    const env = { NATS_URL: server.url, NATS_KEYS_DIR: server.keysDir, REQUEST_TIMEOUT_MS: '1500' };
    stack = await startStack({ env });
  });
  afterAll(async () => {
    await stack.stop();
    await server.stop();
  });

  it('makes its streams there and works', async () => {
    expect(stack.natsUrl).toBe(server.url);
    expect((await enforce(stack.url, { tool: 'search.docs' })).body.allowed).toBe(true);
    expect((await get(stack.url, '/health')).status).toBe(200);
  });

  it('denies while that server is away, answers within two seconds, and is well when it is back', async () => {
    await server.kill();
    const before = Date.now();
    const check = await enforce(stack.url, { tool: 'search.docs' });
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(check).toMatchObject({ status: 503, body: { allowed: false } });
    expect((await get(stack.url, '/health')).status).toBe(503);
    await server.restart();
    await expect.poll(async () => (await get(stack.url, '/health')).status, { timeout: 20_000 }).toBe(200);
    expect((await enforce(stack.url, { tool: 'search.docs' })).body.allowed).toBe(true);
    const entries = await allAudit(stack.url);
    expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
  });

  it('leaves that server running when it ends', async () => {
    expect(await stack.end()).toBe(0);
    const nc = await server.connect('reader');
    expect(nc.isClosed()).toBe(false);
  });
});
