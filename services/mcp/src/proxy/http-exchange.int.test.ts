import { once } from 'node:events';
import { request as open } from 'node:http';
import { describe, expect, it } from 'vitest';
import { messageIn, send } from '../testkit/post.ts';
import { message, type SeenRequest, startUpstream, startWorld } from './testkit/world.ts';

const call = (name: string, id: string | number = 1): string =>
  message('tools/call', { name, arguments: {} }, id);
const result = (id: unknown, value: unknown = {}): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(value)}}`;
const idOf = ({ body }: SeenRequest): unknown => (JSON.parse(body) as { id?: unknown }).id;

type Answer = { status?: number; type?: string; body: string | ((seen: SeenRequest) => string) };

/** A world with one server that always answers this. */
async function startWith({ status = 200, type = 'application/json', body }: Answer) {
  const upstream = await startUpstream((seen, _request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : body(seen));
  });
  const world = await startWorld({ servers: { shop: { url: upstream.url } } });
  const post = (text: string, headers: Record<string, string> = {}) =>
    send(world.urlOf('shop'), 'POST', text, headers);
  return { upstream, world, post };
}

const events = (...texts: string[]): Answer => ({
  type: 'text/event-stream',
  body: texts.map((text) => `event: message\ndata: ${text}\n\n`).join(''),
});

const rootsFor = (id: string) => `{"jsonrpc":"2.0","id":${id},"result":{"roots":[]}}`;

describe('what passes', () => {
  it('an answer that nobody changes is the same bytes, odd spelling and all', async () => {
    const odd = '{ "jsonrpc" : "2.0",\n "id":1, "result": {"n": 1e400, "x": "\\u00e9"} }';
    const { post } = await startWith({ body: odd });
    expect((await post(message('resources/list', undefined, 1))).body).toBe(odd);
  });

  it('so is a stream of events: endings, comments, ids, priming events', async () => {
    const stream = `: hi\r\n\r\nid: 1\r\ndata:\r\n\r\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata: "id":1,"result":{}}\r\nid: 2\r\n\r\n`;
    const { post } = await startWith({ type: 'text/event-stream', body: stream });
    const reply = await post(message('resources/list', undefined, 1));
    expect([reply.headers['content-type'], reply.body]).toEqual(['text/event-stream', stream]);
  });

  it('a method that nobody knows, its parameters as they were written', async () => {
    const { upstream, post } = await startWith({ body: (seen) => result(idOf(seen)) });
    const body = '{"method":"x-new/method", "jsonrpc":"2.0","params":{"n":9007199254740993},"id":"a"}';
    expect((await post(body)).body).toBe(result('a'));
    expect(upstream.seen[0]?.body).toBe(body);
  });

  it.each([404, 400, 429, 500])('a status %i of the server, with its words', async (status) => {
    const { post, world } = await startWith({ status, type: 'text/plain', body: 'no' });
    const reply = await post(call('echo'));
    expect([reply.status, reply.body]).toEqual([status, 'no']);
    expect(world.seen.ends).toMatchObject([{ id: 1, end: { type: 'lost' } }]);
  });
});

const list = (id: unknown): string =>
  result(id, {
    tools: [
      { name: 'echo', inputSchema: {} },
      { name: 'secret_tool', inputSchema: {} },
    ],
  });

describe('what is changed', () => {
  it.each<[string, Answer]>([
    ['as JSON', { body: list(1) }],
    ['as an event', events(list(1))],
    [
      'in several data lines',
      { type: 'text/event-stream', body: `data: ${list(1).replace(',', ',\ndata: ')}\n\n` },
    ],
    ['in lines that end in CR', { type: 'text/event-stream', body: `data: ${list(1)}\r\r` }],
    ['after another message', events(message('notifications/message', { level: 'info', data: 1 }), list(1))],
    ['under the status of an error', { status: 404, body: list(1) }],
  ])('a list is filtered %s', async (_how, answer) => {
    const { post } = await startWith(answer);
    const { body } = await post(message('tools/list', undefined, 1));
    expect(body).toContain('echo');
    expect(body).not.toContain('secret_tool');
  });

  it.each(['1.5', '"01"', '" 1 "', '"0x1"', '2', 'null', '[1]'])(
    'an answer under the id %s is none, and says nothing of the list',
    async (id) => {
      for (const answer of [
        { body: list(1).replace('"id":1', `"id":${id}`) },
        events(list(1).replace('"id":1', `"id":${id}`)),
      ]) {
        const { post, world } = await startWith(answer);
        const reply = await post(message('tools/list', undefined, 1));
        expect(reply.body).not.toContain('secret_tool');
        expect(messageIn(reply)).toMatchObject({
          id: 1,
          error: { message: expect.stringContaining('gave no answer') },
        });
        expect(world.seen.ends).toMatchObject([{ end: { type: 'lost' } }]);
      }
    },
  );

  it.each<[string, Answer]>([
    ['in a batch', { body: `[${list(1)}]` }],
    ['after a byte order mark', { body: `\uFEFF${list(1)}` }],
    ['in a batch, as an error', { status: 400, body: `[${list(1)}]` }],
    ['in events, as an error', { status: 500, type: 'text/event-stream', body: `data: ${list(1)}\n\n` }],
  ])('nobody sees a whole list %s', async (_how, answer) => {
    const { post } = await startWith(answer);
    for (const asked of [message('tools/list', undefined, 1), message('notifications/vendor')]) {
      expect((await post(asked)).body).not.toContain('secret_tool');
    }
  });

  it('a second answer is dropped', async () => {
    const { post, world } = await startWith(events(list(1), list(1)));
    const { body } = await post(message('tools/list', undefined, 1));
    expect(body.match(/^data:/gm)).toHaveLength(1);
    expect(body).not.toContain('secret_tool');
    expect(world.seen.ends).toHaveLength(1);
  });

  it('a question that the gate refuses is dropped, and the server is told', async () => {
    const asks = message('server/refused', {}, 'q');
    const { post, upstream } = await startWith(events(asks, result(1)));
    expect((await post(call('echo'))).body.match(/^data: .*$/gm)).toEqual([`data: ${result(1)}`]);
    const told = () => upstream.seen.map(({ body }) => body).find((body) => body.includes('"q"'));
    await expect.poll(told).toContain('"error":{"code":-32010');
  });

  it('of a thousand refused questions a server has so many answers at a time as it takes, and no more', async () => {
    const asks = Array.from({ length: 1_000 }, (_, n) => message('server/refused', {}, `q${n}`));
    let told = 0;
    const upstream = await startUpstream(({ body }, _request, response) => {
      // What it is told it takes no notice of.
      if (body.includes('-32010')) return void told++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end([...asks, result(1)].map((text) => `data: ${text}\n\n`).join(''));
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const { body } = await send(world.urlOf('shop'), 'POST', call('echo'));
    expect(body.match(/^data: .*$/gm)).toEqual([`data: ${result(1)}`]);
    await expect.poll(() => told).toBe(32);
  });

  it('what a server says to a refusal is not read without end', async () => {
    const { promise: cut, resolve } = Promise.withResolvers<void>();
    const upstream = await startUpstream(({ body }, _request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (!body.includes('-32010')) {
        const asks = message('server/refused', {}, 'q');
        return void response.end(`data: ${asks}\n\ndata: ${result(1)}\n\n`);
      }
      response.once('close', resolve);
      const goOn = (): void => {
        if (!response.destroyed) response.write('x'.repeat(16_384), () => setImmediate(goOn));
      };
      goOn();
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    await send(world.urlOf('shop'), 'POST', call('echo'));
    await cut;
  });

  it('nonsense and notifications that are not for the client are dropped', async () => {
    const { post } = await startWith(events('{"nonsense":1}', message('notifications/secret'), result(1)));
    expect((await post(call('echo'))).body.match(/^data: .*$/gm)).toEqual([`data: ${result(1)}`]);
  });
});

describe('what never answers well', () => {
  it.each<[string, Answer, string]>([
    ['nonsense', { body: 'hello' }, 'not a response'],
    ['a batch of none', { body: '[]' }, 'not a response'],
    ['HTML', { type: 'text/html', body: '<p>' }, 'neither JSON nor a stream'],
    ['nothing', { status: 204, body: '' }, 'HTTP 204'],
    ['a redirect', { status: 307, body: '' }, 'none is followed'],
    ['that its key is wrong', { status: 401, body: '' }, "the firewall's own credentials"],
    ['a stream without an answer', events(message('notifications/message', {})), 'ended its answer'],
    [
      'an event without an end',
      { type: 'text/event-stream', body: `data: ${'x'.repeat(17_000_000)}` },
      'larger than',
    ],
  ])('%s is an error in words, and the call is lost', async (_what, answer, because) => {
    const { post, world } = await startWith(answer);
    const reply = await post(call('echo'));
    expect(reply.status).toBe(200);
    expect(
      messageIn({
        ...reply,
        body:
          reply.body.split('\n\n').findLast((part) => part.includes('data: {') || part.startsWith('{')) ?? '',
      }),
    ).toMatchObject({ id: 1, error: { message: expect.stringContaining(because) } });
    expect(world.seen.ends).toMatchObject([{ id: 1, end: { type: 'lost' } }]);
  });

  it('a response goes to the server that asked for it, once, and no other', async () => {
    const question = '{"jsonrpc":"2.0","id":"q","method":"roots/list"}';
    const stream = `data: ${question}\n\ndata: ${result(1)}\n\n`;
    const { upstream, post } = await startWith({
      type: 'text/event-stream',
      body: (seen) => (seen.body.includes('resources/list') ? stream : ''),
    });
    await post(message('resources/list', undefined, 1));
    for (const id of ['"other"', '7']) expect((await post(rootsFor(id))).status).toBe(400);
    expect(upstream.seen).toHaveLength(1);
    await post(rootsFor('"q"'));
    expect(upstream.seen.at(-1)?.body).toBe(rootsFor('"q"'));
    expect((await post(rootsFor('"q"'))).status).toBe(400);
    expect(upstream.seen).toHaveLength(2);
  });

  it('a server that is away', async () => {
    const world = await startWorld({ servers: { shop: { url: 'http://127.0.0.1:1/mcp' } } });
    const reply = await send(world.urlOf('shop'), 'POST', call('echo'));
    expect(messageIn(reply).error?.message).toContain("can't be reached (ECONNREFUSED)");
    expect(messageIn(reply).error?.message).toContain('Nothing was sent');
    expect(world.seen.ends).toMatchObject([{ end: { type: 'lost', isUnsent: true } }]);
  });

  it('a server that never answers is given up, and nothing is sent again', async () => {
    const upstream = await startUpstream(() => undefined);
    const world = await startWorld({
      servers: { shop: { url: upstream.url } },
      limits: { answerTimeoutMs: 150 },
    });
    const reply = await send(world.urlOf('shop'), 'POST', call('echo'));
    expect(messageIn(reply).error?.message).toContain('did not answer in time');
    expect(upstream.seen).toHaveLength(1);
    expect(world.seen.ends).toMatchObject([{ end: { type: 'lost', isUnsent: false } }]);
  });

  it('a server that dies in the middle of its answer', async () => {
    const upstream = await startUpstream((_seen, _request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: message\ndata: {"jsonrpc"', () => response.destroy());
    });
    const world = await startWorld({ servers: { shop: { url: upstream.url } } });
    const reply = await send(world.urlOf('shop'), 'POST', call('echo'));
    expect(messageIn(reply).error?.message).toContain('broke off');
    expect(upstream.seen).toHaveLength(1);
  });
});

describe('what is decided here', () => {
  it('a blocked call is answered, and the server sees nothing', async () => {
    const { upstream, post } = await startWith({ body: '' });
    expect(messageIn(await post(call('blocked', 'x')))).toMatchObject({ id: 'x', result: { isError: true } });
    expect(upstream.seen).toEqual([]);
  });

  it('a gate that breaks lets nothing through', async () => {
    const { upstream, post } = await startWith({ body: '' });
    const reply = await post(message('broken/gate', undefined, 1));
    expect(messageIn(reply).error?.message).toBe('The firewall could not decide. Nothing was sent.');
    expect(upstream.seen).toEqual([]);
  });

  it('a held call tells of its progress at once, and then has its answer in the same stream', async () => {
    const { world } = await startWith({ body: (seen) => result(idOf(seen)) });
    const waiting = send(world.urlOf('shop'), 'POST', call('hold'));
    await expect.poll(() => world.seen.held).toBe(1);
    world.firewall.release();
    const reply = await waiting;
    expect(reply.headers['content-type']).toBe('text/event-stream');
    expect(reply.body.match(/^data: .*$/gm)).toEqual([
      expect.stringContaining('notifications/progress'),
      `data: ${result(1)}`,
    ]);
  });

  it('an error of the server after that is an error in the stream', async () => {
    const { world } = await startWith({ status: 503, type: 'text/plain', body: 'busy' });
    const waiting = send(world.urlOf('shop'), 'POST', call('hold'));
    await expect.poll(() => world.seen.held).toBe(1);
    world.firewall.release();
    const { status, body } = await waiting;
    expect([status, body]).toEqual([200, expect.stringContaining('HTTP 503')]);
  });

  it('a client that takes no events gets its answer as JSON', async () => {
    const { world } = await startWith({ body: (seen) => result(idOf(seen)) });
    const waiting = send(world.urlOf('shop'), 'POST', call('hold'), { accept: 'application/json' });
    await expect.poll(() => world.seen.held).toBe(1);
    world.firewall.release();
    expect((await waiting).body).toBe(result(1));
  });

  it('a held call whose client leaves is never sent', async () => {
    const { upstream, world } = await startWith({ body: '' });
    const leaving = open(world.urlOf('shop'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    leaving.on('error', () => undefined);
    leaving.end(call('wait'));
    await expect.poll(() => world.seen.held).toBe(1);
    leaving.destroy();
    await expect.poll(() => world.seen.cancelled).toBe(1);
    world.firewall.release();
    expect(upstream.seen).toEqual([]);
  });

  it('a held call that is cancelled is never sent, and the server is not told', async () => {
    const { upstream, world, post } = await startWith({ body: '' });
    const waiting = post(call('wait', 'c-1'));
    await expect.poll(() => world.seen.held).toBe(1);
    const cancel = await post(message('notifications/cancelled', { requestId: 'c-1' }));
    expect(cancel.status).toBe(202);
    expect((await waiting).body).toBe('');
    expect(upstream.seen).toEqual([]);
  });
});

it("closing the client's stream closes the server's", async () => {
  const closed = Promise.withResolvers<void>();
  const upstream = await startUpstream((_seen, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': here\n\n');
    response.on('close', () => closed.resolve());
  });
  const world = await startWorld({ servers: { shop: { url: upstream.url } } });
  const leaving = open(world.urlOf('shop'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  leaving.on('error', () => undefined);
  leaving.end(call('echo'));
  const [response] = (await once(leaving, 'response')) as [NodeJS.ReadableStream];
  await once(response, 'data');
  leaving.destroy();
  await closed.promise;
  await expect.poll(() => world.seen.ends).toMatchObject([{ end: { type: 'lost' } }]);
});

it('the firewall asks the server itself, in the words of the era, and the client sees nothing of it', async () => {
  const { upstream, world, post } = await startWith({ body: (seen) => result(idOf(seen), { tools: [] }) });
  await post(call('echo'));
  const { askUpstream } = world.firewall.newest();
  const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  await expect(askUpstream('tools/list', params, AbortSignal.timeout(5_000))).resolves.toEqual({
    tools: [],
  });
  const asked = upstream.seen.at(-1) as SeenRequest;
  expect(asked.headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' });
  expect(JSON.parse(asked.body)).toMatchObject({
    method: 'tools/list',
    id: expect.any(Number),
    params,
  });
});

it('an error of the server to such a question has its code', async () => {
  const error = '{"jsonrpc":"2.0","id":ID,"error":{"code":-32601,"message":"no"}}';
  const { world, post } = await startWith({
    body: (seen) => error.replace('ID', JSON.stringify(idOf(seen))),
  });
  await post(call('echo'));
  const asked = world.firewall.newest().askUpstream('tools/list', {}, AbortSignal.timeout(5_000));
  await expect(asked).rejects.toMatchObject({ code: -32_601 });
});
