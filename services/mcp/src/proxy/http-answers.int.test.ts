import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { messageIn, send } from '../testkit/post.ts';
import { message, startUpstream, startWorld } from './testkit/world.ts';

const OK = '"result":{"text":"ok"}';
const GOOD = `{"jsonrpc":"2.0","id":1,${OK}}`;
const call = message('tools/call', { name: 'echo', arguments: {} }, 1);

type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

/** What a client gets for one call where the server answers this, and how the call ended. */
async function answered({
  status = 200,
  headers = { 'content-type': 'application/json' },
  body = '',
}: Answer) {
  const upstream = await startUpstream((_seen, _request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  });
  const world = await startWorld({ servers: { shop: { url: upstream.url } } });
  const reply = await send(world.urlOf('shop'), 'POST', call);
  return { reply, ends: world.seen.ends.map(({ end }) => end) };
}

describe('an answer that can be understood', () => {
  it.each<[string, string | Buffer]>([
    ['with an error of null', `{"jsonrpc":"2.0","id":1,${OK},"error":null}`],
    ['without a version', `{"id":1,${OK}}`],
    ['of version 1.0', `{"jsonrpc":"1.0","id":1,${OK}}`],
    ['with the id as text', `{"jsonrpc":"2.0","id":"1",${OK}}`],
    ['with the id as 1.0', `{"jsonrpc":"2.0","id":1.0,${OK}}`],
    ['in a batch', `[${message('notifications/message', { level: 'info', data: 1 })},${GOOD}]`],
    ['after a byte order mark', `\u{feff}${GOOD}`],
  ])('%s is passed on as the protocol has it, as JSON and as an event', async (_, body) => {
    const event = `data: ${body.toString()}\n\n`;
    for (const answer of [{ body }, { body: event, headers: { 'content-type': 'text/event-stream' } }]) {
      const { reply, ends } = await answered(answer);
      const data = reply.body.match(/^data: .*"result".*$/m)?.[0].slice('data: '.length) ?? reply.body;
      expect(JSON.parse(data)).toEqual(JSON.parse(GOOD));
      expect(ends).toMatchObject([{ type: 'response' }]);
    }
  });

  it('that is not UTF-8 is what the record has of it, with U+FFFD', async () => {
    const body = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"text":"caf\u00e9"}}', 'latin1');
    const event = Buffer.concat([Buffer.from('data: '), body, Buffer.from('\n\n')]);
    for (const answer of [{ body }, { body: event, headers: { 'content-type': 'text/event-stream' } }]) {
      const { reply, ends } = await answered(answer);
      expect(messageIn(reply)).toMatchObject({ result: { text: 'caf\u{fffd}' } });
      expect(ends).toMatchObject([{ response: { result: { text: 'caf\u{fffd}' } } }]);
    }
  });

  it.each<Record<string, string>>([
    {},
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/octet-stream' },
  ])('under the type %j goes on as JSON', async (headers) => {
    const { reply } = await answered({ headers, body: GOOD });
    expect([reply.headers['content-type'], reply.body]).toEqual(['application/json', GOOD]);
  });

  it('in lines that end in CR and LF goes on in one', async () => {
    const { reply, ends } = await answered({ body: GOOD.replace(',', ',\r\n') });
    expect(reply.body).toBe(GOOD.replace(',', ',  '));
    expect(ends).toMatchObject([{ type: 'response' }]);
  });

  it('of an error without an id is about the request in whose reply it came', async () => {
    const body = '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request"}}';
    const { reply, ends } = await answered({ status: 400, body });
    expect([reply.status, messageIn(reply)]).toMatchObject([
      400,
      { id: 1, error: { message: 'Bad Request' } },
    ]);
    expect(ends).toMatchObject([{ type: 'response' }]);
  });
});

describe('an answer that can not be understood ends the call at once, and says what came', () => {
  it.each<[string, Answer, string]>([
    ['an empty body', {}, 'HTTP 200 and an empty body'],
    [
      'HTML',
      { headers: { 'content-type': 'text/html' }, body: '<p>' },
      '3 bytes of text/html, which is neither JSON',
    ],
    ['half of one', { body: '{"jsonrpc":"2.0","id":1,"res' }, 'not valid JSON'],
    [
      'a result and an error',
      { body: `{"jsonrpc":"2.0","id":1,${OK},"error":{"code":1,"message":"m"}}` },
      'one of result and error',
    ],
    [
      'one that is too large',
      { body: `{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(17_000_000)}"}` },
      'larger than 16777216 bytes, the most that one may have: 1',
    ],
    ['that it has taken it', { status: 202 }, 'HTTP 202 and nothing more'],
  ])('%s', async (_, answer, because) => {
    const { reply, ends } = await answered(answer);
    expect(messageIn(reply).error?.message).toContain(because);
    expect(ends).toMatchObject([{ type: 'lost', because: expect.stringContaining(because) }]);
  });

  it('one that is too large, with its size where the server says it', async () => {
    const body = `{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(17_000_000)}"}`;
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const { reply } = await answered({ headers, body });
    expect(messageIn(reply).error?.message).toContain('the most that one may have: it has 17000036. Whether');
  });

  it('in a stream that stays open', async () => {
    const upstream = await startUpstream((_seen, _request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"jsonrpc":"2.0","id":1,"result":{"te\n\n');
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const got = await fetch(world.urlOf('shop'), {
      method: 'POST',
      body: call,
      headers: { 'content-type': 'application/json' },
    });
    const { value } = (await got.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toContain('not valid JSON');
    expect(world.seen.ends).toMatchObject([{ end: { type: 'lost' } }]);
  });

  it('and a stream that breaks off in the middle', async () => {
    const upstream = await startUpstream((_seen, _request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"jsonrpc":', () => response.destroy());
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const reply = await send(world.urlOf('shop'), 'POST', call);
    expect(messageIn(reply).error?.message).toContain('the connection broke off');
  });
});

describe('a status of the server', () => {
  const HTML = '<html>\n{ script }\n</html>';

  it.each([403, 404, 405, 413, 415, 429])(
    '%i says that nothing ran, and is the status that the client gets',
    async (status) => {
      const headers = { 'content-type': 'text/html', 'retry-after': '30' };
      for (const body of ['no', HTML]) {
        const { reply, ends } = await answered({ status, headers, body });
        expect([reply.status, reply.headers['retry-after']]).toEqual([status, '30']);
        expect(ends).toMatchObject([{ type: 'lost', isRefused: true }]);
      }
    },
  );

  it.each([400, 500, 502, 503])('%i does not say whether something ran', async (status) => {
    const { reply, ends } = await answered({ status, headers: { 'retry-after': '5' }, body: HTML });
    expect([reply.status, reply.headers['retry-after']]).toEqual([status, '5']);
    expect(ends).toMatchObject([
      { type: 'lost', isRefused: false, http: { http_status: status, retry_after: '5' } },
    ]);
  });

  it('without a type comes with its words', async () => {
    const { reply } = await answered({ status: 500, headers: {}, body: 'database is locked' });
    expect([reply.status, reply.headers['content-type'], reply.body]).toEqual([
      500,
      'text/plain; charset=utf-8',
      'database is locked',
    ]);
  });

  it.each([401, 407])('%i is about the credentials of the firewall, and nothing ran', async (status) => {
    const { reply, ends } = await answered({ status });
    expect(messageIn(reply).error?.message).toContain(
      `the firewall's own credentials (HTTP ${status}). Nothing ran.`,
    );
    expect(ends).toMatchObject([{ isRefused: true, http: { http_status: status } }]);
  });
});

/** A server that answers at one path, and sends who asks elsewhere there. */
async function startMoved(status: number, location: (origin: string) => string, at = '/mcp/') {
  const upstream = await startUpstream(({ url }, _request, response) => {
    if (url === at) response.writeHead(200, { 'content-type': 'application/json' }).end(GOOD);
    else response.writeHead(status, { location: location(new URL(upstream.url).origin) }).end();
  });
  return upstream;
}

describe('a redirect', () => {
  it.each([
    [307, '/mcp', () => '/mcp/', '/mcp/'],
    [308, '/mcp', (origin: string) => `${origin}/mcp/`, '/mcp/'],
    [307, '/mcp/', () => '/mcp', '/mcp'],
    [307, '/mcp?a=1', () => '/mcp/?a=1', '/mcp/?a=1'],
  ])(
    '%i from %s to its slash is followed, with the body and the own headers',
    async (status, from, location, at) => {
      const upstream = await startMoved(status, location, at);
      const url = new URL(from, upstream.url).href;
      const world = await startWorld({ servers: { shop: { url, headers: { 'X-Key': 'k' } } } });
      expect((await send(world.urlOf('shop'), 'POST', call)).body).toBe(GOOD);
      expect(upstream.seen.at(-1)).toMatchObject({ body: call, headers: { 'x-key': 'k' } });
    },
  );

  it.each([
    [302, () => '/mcp/', '/mcp/'],
    [307, () => '/elsewhere', '/elsewhere'],
    [307, () => '/mcp/?token=secret', '/mcp/'],
    [308, () => 'https://127.0.0.1/mcp/', 'https://127.0.0.1/mcp/'],
    [307, () => 'http://localhost:1/mcp/', 'http://localhost:1/mcp/'],
    [307, () => 'file:///mcp/', 'file:///mcp/'],
  ])('%i that leads elsewhere is not, and the error says where', async (status, location, to) => {
    const upstream = await startMoved(status, location);
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const said = messageIn(await send(world.urlOf('shop'), 'POST', call)).error?.message;
    expect(said).toContain(`a redirect (HTTP ${status}) to ${to}, and none is followed`);
    expect(said).not.toContain('secret');
    expect(upstream.seen).toHaveLength(1);
  });

  it('is followed once', async () => {
    const upstream = await startMoved(307, () => '/mcp/', '/nowhere');
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    expect(messageIn(await send(world.urlOf('shop'), 'POST', call)).error?.message).toContain('to /mcp/');
    expect(upstream.seen).toHaveLength(2);
  });
});

it.each(['no TLS', 'no such name'])('a request that never left is not "may have run": %s', async (what) => {
  const plain = createServer((socket) => socket.end('HTTP/1.1 400 no\r\n\r\n'));
  await new Promise<void>((listens) => void plain.listen(0, '127.0.0.1', listens));
  const { port } = plain.address() as { port: number };
  const url = what === 'no TLS' ? `https://127.0.0.1:${port}/mcp` : 'http://nobody.invalid/mcp';
  const world = await startWorld({ servers: { shop: { url } } });
  expect(messageIn(await send(world.urlOf('shop'), 'POST', call)).error?.message).toContain(
    'Nothing was sent.',
  );
  expect(world.seen.ends).toMatchObject([{ end: { type: 'lost', isUnsent: true } }]);
  plain.close();
});

it('what a server takes and answers on no stream is an error at once, or later where the client listens', async () => {
  const upstream = await startUpstream(({ method, body }, _request, response) => {
    if (body.includes('initialize')) {
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
      response.end('{"jsonrpc":"2.0","id":0,"result":{}}');
    } else if (method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
    } else response.writeHead(202).end();
  });
  const world = await startWorld({
    servers: { shop: { url: upstream.url } },
    limits: { answerTimeoutMs: 200 },
  });
  const url = world.urlOf('shop');
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  const begun = await send(url, 'POST', message('initialize', params, 0));
  const session = { 'mcp-session-id': String(begun.headers['mcp-session-id']) };
  const alone = await send(url, 'POST', call, session);
  expect(messageIn(alone).error?.message).toContain('HTTP 202 and nothing more');

  const stream = await fetch(url, { headers: { ...session, accept: 'text/event-stream' } });
  expect((await send(url, 'POST', call, session)).status).toBe(202);
  let heard = '';
  for await (const bytes of stream.body ?? []) {
    heard += Buffer.from(bytes).toString();
    if (heard.includes('data:')) break;
  }
  expect(heard).toContain('HTTP 202 and nothing more');
  expect(world.seen.ends).toHaveLength(2);
});
