import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus } from '@aegis/bus';
import { healthy } from '@aegis/bus/service';
import { healthOf } from '@aegis/contracts/health';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { parseEnv } from '@aegis/kit/env';
import { keyDigest } from '@aegis/kit/keys';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { McpEnv } from './config.ts';
import { createHttp } from './http.ts';
import { MISREAD_CALLS, messageIn, send, toolCall } from './testkit/post.ts';
import { type Stack, startStack } from './testkit/stack.ts';
import { quiet } from './testkit/stand-ins.ts';
import { createServer } from './tools/serve/server.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { ALLOWED_HOSTS: 'mcp.internal, MCP' } });
});
afterAll(() => stack.stop());

const CHECK = toolCall('guard_check', { tool: 'shop.search' });
const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  send(stack.url, 'POST', body, headers);

/** A call whose message has exactly so many bytes. */
function ofBytes(bytes: number): string {
  const empty = toolCall('firewall_enforce', { tool: 'shop.search', args: { pad: '' } });
  return empty.replace('"pad":""', `"pad":"${'x'.repeat(bytes - empty.length)}"`);
}

describe('who may call', () => {
  it.each(['localhost:1', '127.0.0.1:1', '[::1]:1', 'mcp.internal', 'mcp:8001'])(
    'answers Host %s',
    async (host) => {
      expect((await post(CHECK, { host })).status).toBe(200);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '0.0.0.0:8001', '127.0.0.1.nip.io'])(
    'refuses Host %s with 403',
    async (host) => {
      const checks = stack.asked.checks.length;
      const reply = await post(CHECK, { host });
      expect(reply.status).toBe(403);
      expect(messageIn(reply).error?.message).toContain('Host');
      expect(stack.asked.checks).toHaveLength(checks);
    },
  );

  it.each(['http://evil.example', 'null', 'https://localhost.evil.example'])(
    'refuses Origin %s with 403',
    async (origin) => {
      expect((await post(CHECK, { origin })).status).toBe(403);
    },
  );

  it('answers a page of this machine', async () => {
    expect((await post(CHECK, { origin: 'http://localhost:6274' })).status).toBe(200);
  });
});

it.each([
  ['small', 100],
  ['large', 1_000_000],
])('who begins to send a %s message and does not go on takes nobody’s turn', async (_what, length) => {
  const { hostname, port } = new URL(stack.url);
  const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{`;
  const silent = Array.from({ length: 80 }, () =>
    connect(Number(port), hostname).on('error', () => undefined),
  );
  for (const socket of silent) socket.write(head);
  const begun = silent.map(
    (socket) => new Promise<void>((resolve) => void socket.write('"', () => resolve())),
  );
  await Promise.all(begun);
  const replies = await Promise.all([post(CHECK), post(ofBytes(100_000))]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
  for (const socket of silent) socket.destroy();
});

describe('what is read', () => {
  it.each([
    ['a key that is there twice', CHECK.replace('"tool":', '"tool":"shell.exec","tool":'), 'same key twice'],
    ['a lone surrogate', CHECK.replace('"shop.search"', '"shop\\ud800"'), 'lone surrogate'],
    ['__proto__', CHECK.replace('"tool":', '"__proto__":{},"tool":'), '__proto__'],
  ])('refuses %s as an invalid request with the id of the caller', async (_what, body, detail) => {
    const checks = stack.asked.checks.length;
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(messageIn(reply)).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code: -32600 } });
    expect(messageIn(reply).error?.message).toContain(detail);
    expect(stack.asked.checks).toHaveLength(checks);
  });

  it('takes an amount above 2^53 for no amount, and says so by its name', async () => {
    const checks = stack.asked.checks.length;
    const reply = await post(CHECK.replace('"tool":', '"amount_cents":9007199254740993,"tool":'));
    expect(reply.status).toBe(200);
    expect(JSON.stringify(messageIn(reply))).toMatch(/"isError":true|"code":-32602/);
    expect(JSON.stringify(messageIn(reply))).toContain('amount_cents');
    expect(stack.asked.checks).toHaveLength(checks);
  });

  it('reads each key as it is written, whatever was read before', async () => {
    for (const call of MISREAD_CALLS) expect((await post(call)).status).toBe(200);
    expect(stack.asked.enforces.at(-1)?.call.args).toEqual({ query: 'x', '"': 'other' });
  });

  it.each([
    ['cut off', CHECK.slice(0, -1)],
    ['empty', ''],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses a body that is %s as a parse error', async (_what, body) => {
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(messageIn(reply)).toMatchObject({ id: null, error: { code: -32700 } });
  });

  it('takes a message of 8 MiB, whatever of it is the call, and refuses one byte more with 413', async () => {
    expect((await post(ofBytes(8_388_608))).status).toBe(200);
    const reply = await post(ofBytes(8_388_609));
    expect(reply.status).toBe(413);
    expect(messageIn(reply).error?.message).toBe('A message may have at most 8388608 bytes.');
  });

  it('refuses what is not JSON by its type with 415', async () => {
    expect((await post(CHECK, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it.each(['GET', 'DELETE', 'OPTIONS', 'PUT'])('has no sessions: %s is 405', async (method) => {
    const reply = await send(stack.url, method);
    expect(reply.status).toBe(405);
    expect(reply.headers['allow']).toBe('POST');
  });

  it('knows no other path', async () => {
    const reply = await send(new URL('/other', stack.url).href, 'POST', CHECK);
    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });
});

describe('protocol revisions', () => {
  it.each(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'agrees on %s',
    async (protocolVersion) => {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 't', version: '1' } };
      const reply = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
      expect(messageIn(reply).result).toMatchObject({ protocolVersion, serverInfo: { name: 'aegis' } });
      expect(reply.headers['mcp-session-id']).toBeUndefined();
    },
  );

  it('answers with a slash at the end of the address as without, and with no more than one', async () => {
    const body = toolCall('firewall_enforce', { tool: 'shop.search' });
    const [plain, slash] = [await post(body), await send(`${stack.url}/`, 'POST', body)];
    expect([slash.status, messageIn(slash).error]).toEqual([plain.status, undefined]);
    expect((await send(`${stack.url}//`, 'POST', body)).status).toBe(404);
  });

  it('answers an unknown tool with an error', async () => {
    expect(messageIn(await post(toolCall('toString', {}))).error?.code).toBe(-32602);
  });
});

describe('the trace of the caller', () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const body = toolCall('firewall_enforce', { tool: 'shop.search' });

  it.each([
    ['is handed on from the header', trace, trace],
    ['is left out where it is not valid', '00-x', undefined],
  ])('%s', async (_what, traceparent, expected) => {
    await post(body, { traceparent });
    expect(stack.asked.traceparents.at(-1)).toBe(expected);
  });

  it('is handed on from _meta', async () => {
    const params = {
      name: 'firewall_enforce',
      arguments: { tool: 'shop.search' },
      _meta: { traceparent: trace },
    };
    await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
    expect(stack.asked.traceparents.at(-1)).toBe(trace);
  });
});

describe('how it is', () => {
  it('says at /healthz nothing to a page that made its name point here', async () => {
    const healthz = new URL('/healthz', stack.url).href;
    const reply = await send(healthz, 'GET', undefined, { host: 'evil.example' });
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain('status');
  });

  it('says so at /healthz, whatever address it is called by', async () => {
    const reply = await send(new URL('/healthz', stack.url).href, 'GET', undefined, { host: '10.0.0.7' });
    expect([reply.status, JSON.parse(reply.body)]).toEqual([200, { status: 'ok', problems: [] }]);
  });

  it('says so on the bus', async () => {
    const seedPath = `${stack.nats.keysDir}/gateway.nk`;
    const gateway = await connectBus({ url: stack.nats.url, identity: 'gateway', seedPath, log: quiet });
    const health = await gateway.ask(healthOf('mcp'), {}, { deadlineMs: Date.now() + 1_000 });
    expect(health).toEqual({ status: 'ok', problems: [] });
    await gateway.close();
  });
});

describe('a port that is taken', () => {
  it('is named, with how to choose another', async () => {
    const port = Number(new URL(stack.url).port);
    const config = parseEnv(McpEnv, { MCP_PORT: String(port) });
    const second = createHttp({
      factory: () => createServer([], quiet),
      config,
      requests: createRequestAllowance(createLimitOf(config)),
      health: () => healthy,
      callers: { principalOf: () => Promise.resolve('anonymous') },
      proxy: {
        handle: () => Promise.reject(new Error('no servers')),
        stop: () => Promise.resolve(),
      },
      log: quiet,
      refusals: { count: () => undefined },
    });
    await expect(second.listen()).rejects.toThrow(
      `MCP_PORT: port ${port} on 127.0.0.1 is taken; stop what uses it, or set MCP_PORT to another one (0 = any free).`,
    );
  });
});

describe('where keys are set up', () => {
  it('a call is that of who holds the key, and nobody else calls', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aegis-mcp-'));
    const path = join(folder, 'keys.json');
    await writeFile(path, JSON.stringify({ keys: { ci: keyDigest('a-key') } }));
    const guarded = await startStack({ env: { MCP_KEYS_FILE: path } });
    onTestFinished(async () => {
      await guarded.stop();
      await rm(folder, { recursive: true });
    });
    const body = toolCall('firewall_enforce', { tool: 'shop.search' });

    const stranger = await send(guarded.url, 'POST', body);
    expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(JSON.stringify(stranger)).toContain('A key is needed here');
    const wrong = await send(guarded.url, 'POST', body, { authorization: 'Bearer another-key' });
    expect([wrong.status, JSON.stringify(wrong)]).toEqual([
      401,
      expect.stringContaining('The key is not known, or no longer good') as string,
    ]);
    expect(guarded.asked.enforces).toEqual([]);

    await send(guarded.url, 'POST', body, { authorization: 'Bearer a-key' });
    expect(guarded.asked.enforces).toMatchObject([{ call: { principal: 'key:ci' } }]);
  });
});
