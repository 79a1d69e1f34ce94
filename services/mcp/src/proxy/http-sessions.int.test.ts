import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { keyDigest } from '@aegis/kit/keys';
import { startConformanceServer } from '@aegis/testkit/conformance/server';
import { connectV1, connectV2 } from '@aegis/testkit/mcp-clients';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messageIn, send } from '../testkit/post.ts';
import { MAX_SESSIONS } from './limits.ts';
import { message, startUpstream, startWorld, type WorldOptions } from './testkit/world.ts';

async function startReal(options: Partial<WorldOptions> = {}) {
  const server = await startConformanceServer();
  onTestFinished(() => server.close());
  return await startWorld({ servers: { real: { url: server.url }, other: { url: server.url } }, ...options });
}

const target = (url: string) => ({ url, command: '', args: [], env: {} });
const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
const INITIALIZE = message('initialize', PARAMS, 0);

/** Begins a session and gives its id. */
async function begin(url: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await send(url, 'POST', INITIALIZE, headers);
  const id = reply.headers['mcp-session-id'];
  expect([reply.status, id]).toEqual([200, expect.any(String)]);
  return id as string;
}

describe('real clients', () => {
  it.each(['v1', 'v2 of the older era', 'v2'])('%s lists and calls', async (kind) => {
    const world = await startReal();
    const at = target(world.urlOf('real'));
    const client =
      kind === 'v1'
        ? await connectV1(at, 'http')
        : await connectV2(at, 'http', kind === 'v2' ? 'modern' : 'legacy');
    expect(await client.list()).toContain('test_simple_text');
    const { content } = await client.call('test_simple_text', {});
    expect(content[0]?.text).toBe('This is a simple text response for testing.');
    await client.close();
    const calls = world.seen.requests.filter(({ method }) => method === 'tools/call');
    expect(calls).toMatchObject([{ server: 'real', principal: 'anonymous' }]);
  });

  it('a client that finds out the era by itself', async () => {
    const world = await startReal();
    const client = new Client({ name: 'auto', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(world.urlOf('real'))));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
  });

  it('a question of the server in the middle of a call reaches the client, and the server what the gate lets pass', async () => {
    const world = await startReal();
    const capabilities = { elicitation: {} };
    const client = new Client(
      { name: 'asked', version: '1' },
      { capabilities, versionNegotiation: { mode: 'legacy' } },
    );
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept',
      content: { username: 'mallory', email: 'a@example.com' },
    }));
    await client.connect(new StreamableHTTPClientTransport(new URL(world.urlOf('real'))));
    const result = await client.callTool({ name: 'test_elicitation', arguments: { message: 'who?' } });
    expect(JSON.stringify(result.content)).toContain('action=accept');
    expect(JSON.stringify(result.content)).toMatch(/^(?!.*mallory).*nobody/s);
    await client.close();
  });
});

describe('a session', () => {
  it('has an id of ours, and one gate that is closed with it', async () => {
    const world = await startReal();
    const url = world.urlOf('real');
    const session = { 'mcp-session-id': await begin(url) };
    const list = await send(url, 'POST', message('tools/list', undefined, 1), session);
    expect(list.status).toBe(200);
    expect(world.seen.options).toHaveLength(1);

    expect((await send(url, 'DELETE', undefined, session)).status).toBe(200);
    expect(world.seen.closed).toBe(1);
    const after = await send(url, 'POST', message('tools/list', undefined, 2), session);
    expect([after.status, messageIn(after).error?.code]).toEqual([404, -32_001]);
  });

  it("is nobody else's: not another key's, not another server's", async () => {
    const keys = { ada: keyDigest('ada-key'), bob: keyDigest('bob-key') };
    const world = await startReal({ keys });
    const url = world.urlOf('real');
    const ada = { authorization: 'Bearer ada-key' };
    const id = await begin(url, ada);
    const list = message('tools/list', undefined, 1);
    const statusOf = async (at: string, method: string, headers: Record<string, string>) =>
      (await send(at, method, method === 'POST' ? list : undefined, { ...headers, 'mcp-session-id': id }))
        .status;

    for (const method of ['POST', 'GET', 'DELETE']) {
      expect(await statusOf(url, method, { authorization: 'Bearer bob-key' })).toBe(404);
      expect(await statusOf(world.urlOf('other'), method, ada)).toBe(404);
      expect(await statusOf(url, method, { authorization: 'Bearer wrong' })).toBe(401);
    }
    expect(await statusOf(url, 'POST', ada)).toBe(200);
    expect(world.seen.options[0]?.principal).toBe('key:ada');
  });

  it('takes an id once at a time, and puts the second on record', async () => {
    const world = await startReal();
    const url = world.urlOf('real');
    const session = { 'mcp-session-id': await begin(url) };
    const first = send(url, 'POST', message('tools/call', { name: 'wait' }, 5), session);
    await expect.poll(() => world.seen.held).toBe(1);
    for (const id of [5, '5']) {
      const again = await send(url, 'POST', message('tools/list', undefined, id), session);
      expect([again.status, messageIn(again)]).toMatchObject([400, { id, error: { code: -32_600 } }]);
    }
    expect(world.seen.refused).toHaveLength(2);
    world.firewall.release();
    expect((await first).status).toBe(200);
  });

  it('ends where the server does not know it any more', async () => {
    const upstream = await startUpstream(({ body }, _request, response) => {
      const isStart = body.includes('initialize');
      const headers = { 'content-type': 'application/json', 'mcp-session-id': 'theirs' };
      response.writeHead(isStart ? 200 : 404, headers);
      response.end(isStart ? '{"jsonrpc":"2.0","id":0,"result":{}}' : '{}');
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const url = world.urlOf('shop');
    const id = await begin(url);
    expect(id).not.toBe('theirs');
    const list = message('tools/list', undefined, 1);
    expect((await send(url, 'POST', list, { 'mcp-session-id': id })).status).toBe(404);
    expect(upstream.seen.at(-1)?.headers['mcp-session-id']).toBe('theirs');
    expect((await send(url, 'POST', list, { 'mcp-session-id': id })).status).toBe(404);
    expect(upstream.seen).toHaveLength(2);
  });
});

describe('a stream that is taken up again', () => {
  const LIST =
    '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo","inputSchema":{}},{"name":"secret","inputSchema":{}}]}}';

  /** A server that hangs up before it answers, and answers on GET, as often as it is asked. */
  async function startPolling() {
    const upstream = await startUpstream(({ method, body }, _request, response) => {
      if (body.includes('initialize')) {
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
        response.end('{"jsonrpc":"2.0","id":0,"result":{}}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(method === 'GET' ? `id: 2\ndata: ${LIST}\n\n` : 'id: 1\nretry: 10\ndata:\n\n');
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const url = world.urlOf('shop');
    const session = { 'mcp-session-id': await begin(url) };
    const listed = await send(url, 'POST', message('tools/list', undefined, 1), session);
    expect(listed.body).toBe('id: 1\nretry: 10\ndata:\n\n');
    const resume = (headers: Record<string, string> = { 'last-event-id': '1' }) =>
      send(url, 'GET', undefined, { ...session, ...headers });
    return { upstream, world, resume };
  }

  it('brings the answer, filtered like any other, and as often as the client asks', async () => {
    const { upstream, world, resume } = await startPolling();
    const { body } = await resume();
    expect(upstream.seen.at(-1)?.headers['last-event-id']).toBe('1');
    expect(body).toContain('echo');
    expect(body).not.toContain('secret');
    expect(body).toContain('id: 2');
    expect((await resume()).body).toBe(body);
    expect(world.seen.ends).toHaveLength(1);
  });

  it('but a second answer on another stream is dropped', async () => {
    const { resume } = await startPolling();
    await resume();
    expect((await resume({})).body).toBe('id: 2\n\n');
  });
});

it('who begins a thousand sessions loses some of them, and nobody else does', async () => {
  const upstream = await startUpstream((_seen, _request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
    response.end('{"jsonrpc":"2.0","id":0,"result":{}}');
  });
  const keys = { ada: keyDigest('a'), bob: keyDigest('b') };
  const world = await startWorld({ servers: { shop: { url: upstream.url } }, keys });
  const url = world.urlOf('shop');
  const [ada, bob] = [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }];
  const begun = async (who: Record<string, string>) =>
    (await send(url, 'POST', INITIALIZE, who)).headers['mcp-session-id'] as string;
  const bobs = await begun(bob);
  const first = await begun(ada);
  for (let i = 0; i < MAX_SESSIONS; i++) await begun(ada);
  const ask = async (who: Record<string, string>, id: string) =>
    (await send(url, 'POST', message('x/y', undefined, 0), { ...who, 'mcp-session-id': id })).status;
  expect([await ask(bob, bobs), await ask(ada, first)]).toEqual([200, 404]);
}, 120_000);

it('who has a thousand streams open gets no more of them, and nobody else waits for that', async () => {
  const upstream = await startUpstream((_seen, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
  });
  const keys = { ada: keyDigest('a'), bob: keyDigest('b') };
  const world = await startWorld({ servers: { shop: { url: upstream.url } }, keys });
  const gone = new AbortController();
  const status = (key: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}` };
      get(world.urlOf('shop'), { headers, signal: gone.signal, agent: false }, (reply) => {
        reply.on('error', () => undefined).resume();
        resolve(reply.statusCode);
      }).on('error', reject);
    });
  for (let n = 0; n < 1_024; n += 64)
    expect(new Set(await Promise.all(Array.from({ length: 64 }, () => status('a'))))).toEqual(new Set([200]));
  expect([await status('a'), await status('b')]).toEqual([429, 200]);
  gone.abort();
}, 120_000);

it("a key that is taken away ends its holder's session and stream, and what is held, and nobody else's", async () => {
  const upstream = await startUpstream(({ method }, _request, response) => {
    const type = method === 'GET' ? 'text/event-stream' : 'application/json';
    response.writeHead(200, { 'content-type': type, 'mcp-session-id': 's' });
    if (method === 'GET') response.write(': hello\n\n');
    else response.end('{"jsonrpc":"2.0","id":0,"result":{}}');
  });
  const bobs = { bob: keyDigest('b') };
  const world = await startWorld({
    servers: { shop: { url: upstream.url } },
    keys: { ada: keyDigest('a'), ...bobs },
  });
  const url = world.urlOf('shop');
  const [ada, bob] = [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }];
  const [adasId, bobsId] = [await begin(url, ada), await begin(url, bob)];
  const stream = send(url, 'GET', undefined, { ...ada, 'mcp-session-id': adasId });
  const held = send(url, 'POST', message('tools/call', { name: 'wait' }, 1), ada);
  await expect.poll(() => world.seen.held).toBe(1);
  await writeFile(world.keysPath, JSON.stringify({ keys: bobs }));
  expect((await stream).body).toBe(': hello\n\n');
  await held;
  world.firewall.release();
  const ask = message('x/y', undefined, 0);
  expect((await send(url, 'POST', ask, { ...ada, 'mcp-session-id': adasId })).status).toBe(401);
  expect((await send(url, 'POST', ask, { ...bob, 'mcp-session-id': bobsId })).status).toBe(200);
  expect(upstream.seen.filter(({ body }) => body.includes('tools/call'))).toEqual([]);
});

/** A server that says its name, whatever it is asked. */
const startNamed = (name: string) =>
  startUpstream((_seen, _request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 0, result: { name } }));
  });

describe('the servers file', () => {
  it('is read again: new servers come, changed ones change, old ones go with their sessions', async () => {
    const [one, two] = [await startNamed('one'), await startNamed('two')];
    const world = await startWorld({ servers: { shop: { url: one.url } } });
    const url = world.urlOf('shop');
    const session = { 'mcp-session-id': await begin(url) };
    const ask = async (headers = {}) => (await send(url, 'POST', message('x/y', undefined, 0), headers)).body;
    expect(await ask()).toContain('one');

    await world.describe({ shop: { url: two.url }, more: { url: one.url } });
    await expect.poll(() => ask()).toContain('two');
    // A session stays with the server that it began with.
    expect(await ask(session)).toContain('one');
    expect((await send(world.urlOf('more'), 'POST', message('x/y', undefined, 0))).status).toBe(200);

    await world.describe({ more: { url: one.url } });
    await expect.poll(() => ask()).toContain('No such server.');
    await world.describe({ shop: { url: two.url } });
    await expect.poll(() => ask()).toContain('two');
    expect(await ask(session)).toContain('No such session');
  });

  it('has an odd entry: whoever asks for it hears why, and the server beside it is served', async () => {
    const good = await startNamed('good');
    const world = await startWorld({
      servers: { odd: { url: 'ws://127.0.0.1:9/mcp' }, shop: { url: good.url } },
    });
    const body = message('x/y', undefined, 0);
    const refused = await send(world.urlOf('odd'), 'POST', body);
    expect(refused.status).toBe(503);
    expect(messageIn(refused).error?.message).toContain(
      'was refused (mcpServers.odd.url: expected an address that starts with http:// or https://); it is not served.',
    );
    expect((await send(`${world.urlOf('shop')}/`, 'POST', body)).body).toContain('good');
    expect([world.proxy.problem, world.proxy.warnings]).toEqual([
      undefined,
      [expect.stringContaining('"odd"')],
    ]);
  });

  it('names the variable that a server lacks, and the others work', async () => {
    const world = await startReal({
      servers: { lacks: { url: 'http://127.0.0.1:1', headers: { 'X-Key': '${env:SHOP_KEY}' } } },
    });
    const reply = await send(world.urlOf('lacks'), 'POST', INITIALIZE);
    expect([reply.status, messageIn(reply).error?.message]).toEqual([
      503,
      "The server lacks can't be used: the environment variable SHOP_KEY is not set.",
    ]);
  });
});
