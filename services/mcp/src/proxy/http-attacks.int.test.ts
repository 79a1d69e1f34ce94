import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { messageIn, send } from '../testkit/post.ts';
import { message, modern, startUpstream, startWorld } from './testkit/world.ts';

/** A world with one server that answers everything; what it saw is what got through. */
async function startOne() {
  const upstream = await startUpstream(({ body }, _request, response) => {
    const { id = null } = JSON.parse(body || '{}') as { id?: unknown };
    response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b', server: 'x' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
  });
  const world = await startWorld({
    servers: { shop: { url: upstream.url, headers: { 'X-Key': '${KEY}' } } },
    env: { KEY: 'operators-own' },
  });
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    send(world.urlOf('shop'), 'POST', body, headers);
  return { upstream, world, post };
}

const CALL = message('tools/call', { name: 'echo', arguments: {} }, 1);

/** A call of exactly so many bytes. */
const sized = (bytes: number): string => {
  const empty = message('tools/call', { name: 'echo', arguments: { pad: '' } }, 1);
  return empty.replace('"pad":""', `"pad":"${'x'.repeat(bytes - empty.length)}"`);
};

describe('what gets round a careless firewall', () => {
  it.each<[string, string | Buffer, Record<string, string>, number]>([
    ['in UTF-7', CALL.replaceAll('{', '+AHs-'), { 'content-type': 'application/json; charset=utf-7' }, 415],
    ['in UTF-16', Buffer.from(CALL, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['in UTF-16 that says nothing', Buffer.from(CALL, 'utf16le'), {}, 400],
    ['in UTF-7 that says nothing', CALL.replaceAll('{', '+AHs-'), {}, 400],
    ['compressed', gzipSync(CALL), { 'content-encoding': 'gzip' }, 415],
    ['in a transfer that is compressed, too', CALL, { 'transfer-encoding': 'gzip, chunked' }, 415],
    ['compressed in secret', gzipSync(CALL), {}, 400],
    ['with "identity" for an encoding', CALL, { 'content-encoding': 'identity' }, 415],
    ['as a form', CALL, { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['as text', CALL, { 'content-type': 'text/plain' }, 415],
    ['as two types', CALL, { 'content-type': 'application/json, text/plain' }, 415],
    ['with a byte order mark', `\uFEFF${CALL}`, {}, 400],
    ['twice in a batch', `[${CALL}]`, {}, 400],
    ['with two methods', CALL.replace('"method"', '"method":"ping","method"'), {}, 400],
    ['with an escaped key', CALL.replace('"method"', '"\\u006dethod"'), {}, 400],
    ['with a key in other letters', CALL.replace('"method"', '"Method"'), {}, 400],
    ['with an escaped method', CALL.replace('tools/call', 'tools\\u002fcall'), {}, 400],
    ['with an id that is no whole number', CALL.replace('"id":1', '"id":1.5'), {}, 400],
    ['with null for an id', CALL.replace('"id":1', '"id":null'), {}, 400],
    ['without an id', message('tools/call', { name: 'echo' }), {}, 400],
  ])('a call %s does not reach the server', async (_what, body, headers, status) => {
    const { upstream, post } = await startOne();
    const reply = await post(body, headers);
    expect(reply.status).toBe(status);
    expect(messageIn(reply).error?.message).not.toBe('');
    expect(upstream.seen).toEqual([]);
  });

  it('is put on record', async () => {
    const { world, post } = await startOne();
    await post(CALL.replace('"method"', '"method":"ping","method"'));
    const call = modern('tools/call', { name: 'echo' });
    await post(call.body, { ...call.headers, 'mcp-name': 'other' });
    expect(world.seen.refused).toEqual([
      expect.stringContaining('twice'),
      expect.stringContaining('Mcp-Name'),
    ]);
  });

  it('a modern call whose headers say something else is refused with -32020, in words', async () => {
    const { upstream, post } = await startOne();
    const { body, headers } = modern('tools/call', { name: 'echo' }, 7);
    const reply = await post(body, { ...headers, 'mcp-name': 'other' });
    expect([reply.status, messageIn(reply)]).toMatchObject([400, { id: 7, error: { code: -32_020 } }]);
    expect(upstream.seen).toEqual([]);
  });

  it('a call larger than 16 MiB is refused, and one of that size passes', async () => {
    const { upstream, post } = await startOne();
    const max = 16 * 1_048_576;
    expect((await post(sized(max + 1))).status).toBe(413);
    expect(upstream.seen).toEqual([]);
    expect((await post(sized(max))).status).toBe(200);
    expect(upstream.seen[0]?.body.length).toBe(max);
  });
});

describe('what of the client reaches the server', () => {
  it("is no credential, cookie, origin, address or query, and the operator's own headers", async () => {
    const { upstream, world } = await startOne();
    await send(`${world.urlOf('shop')}?token=secret`, 'POST', CALL, {
      authorization: 'Bearer client-token',
      cookie: 'session=1',
      origin: 'http://localhost:1',
      referer: 'http://localhost:1/x',
      forwarded: 'for=10.0.0.1',
      'x-forwarded-for': '10.0.0.1',
      'x-key': 'clients',
      'proxy-authorization': 'Basic eDp5',
      'accept-encoding': 'gzip',
      'accept-language': 'de',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'content-type': 'Application/JSON; charset="UTF-8"',
    });
    const [request] = upstream.seen;
    expect(request?.url).toBe('/mcp');
    expect(request?.headers).toEqual({
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(CALL)),
      'x-key': 'operators-own',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    });
  });

  it('is its verified headers in the modern era, and their parameters', async () => {
    const { upstream, post } = await startOne();
    const { body, headers } = modern('tools/call', { name: 'echo', arguments: { region: 'eu' } });
    await post(body, { ...headers, 'mcp-param-region': 'eu', 'mcp-param-to': 'eve' });
    expect(upstream.seen[0]?.headers).toMatchObject({ ...headers, 'mcp-param-region': 'eu' });
    expect(upstream.seen[0]?.headers).not.toHaveProperty('mcp-param-to');
  });

  it.each([
    ['another value', { 'mcp-param-region': 'us' }],
    ['none', {}],
    ['two', { 'mcp-param-region': 'eu, eu' }],
    ['one that is not well written', { 'mcp-param-region': '=?base64?ZXU?=' }],
  ])('is nothing where a parameter has %s: 400 and -32020', async (_, parameters) => {
    const { upstream, post } = await startOne();
    const { body, headers } = modern('tools/call', { name: 'echo', arguments: { region: 'eu' } });
    const reply = await post(body, { ...headers, ...parameters });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: -32_020 } });
    expect(upstream.seen).toEqual([]);
  });

  it('is not what nobody verified in the older ones', async () => {
    const { upstream, post } = await startOne();
    await post(CALL, { 'mcp-method': 'tools/list', 'mcp-name': 'other' });
    expect(upstream.seen.map(({ headers }) => headers)).toHaveLength(1);
    expect(Object.keys(upstream.seen[0]?.headers ?? {}).filter((name) => name.startsWith('mcp-'))).toEqual(
      [],
    );
  });
});

describe('what of the server reaches the client', () => {
  it('is no cookie and no name', async () => {
    const { post } = await startOne();
    const { headers, body } = await post(CALL);
    expect([headers['set-cookie'], headers['server']]).toEqual([undefined, undefined]);
    expect(body).toBe('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
  });
});

describe('who may ask', () => {
  it.each([
    ['Host', { host: 'evil.example' }],
    ['Origin', { origin: 'http://evil.example' }],
  ])('nobody with a foreign %s', async (_what, headers) => {
    const { upstream, post } = await startOne();
    expect((await post(CALL, headers as Record<string, string>)).status).toBe(403);
    expect(upstream.seen).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['two keys', ['Authorization: Bearer a', 'Authorization: Bearer b']],
    ['two hosts', ['Host: evil.example']],
    ['two content types', ['Content-Type: text/plain']],
    ['two origins', ['Origin: http://localhost', 'Origin: http://localhost']],
    ['two sessions', ['Mcp-Session-Id: a', 'Mcp-Session-Id: b']],
  ])('nobody with %s, of which another reader takes the other one', async (_what, more) => {
    const { upstream, world } = await startOne();
    const { port, pathname } = new URL(world.urlOf('shop'));
    const lines = [
      `POST ${pathname} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${CALL.length}`,
      ...more,
    ];
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`${lines.join('\r\n')}\r\n\r\n${CALL}`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.seen).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])('%s is 405', async (method) => {
    const { world } = await startOne();
    const reply = await send(world.urlOf('shop'), method);
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST, GET, DELETE']);
  });

  it.each(['GET', 'DELETE'])('%s with a body is 400', async (method) => {
    const { upstream, world } = await startOne();
    expect((await send(world.urlOf('shop'), method, CALL)).status).toBe(400);
    expect(upstream.seen).toEqual([]);
  });

  it('a name that is not configured is 404, and no name that is gets told', async () => {
    const { world } = await startOne();
    const reply = await send(world.urlOf('other'), 'POST', CALL);
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain('shop');
  });
});
