import { request } from 'node:http';
import { connect } from 'node:net';
import { type Bus, route } from '@aegis/bus';
import { MAX_CALL_MESSAGE_BYTES } from '@aegis/contracts/call';
import { enforce, policyCheck } from '@aegis/contracts/decision';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BODY_LIMIT } from './http/json-body.ts';
import { allowedCheck, enforceReply } from './testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from './testkit/stand-ins.ts';

let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let port: number;
let asked = 0;

const count = <T>(reply: T) => {
  asked++;
  return reply;
};

beforeAll(async () => {
  server = await startNatsServer();
  services = [
    await standIn(server, 'policy', [route(policyCheck, () => count(allowedCheck))]),
    await standIn(server, 'enforcer', [route(enforce, () => count(enforceReply('allowed')))]),
  ];
  gateway = await createTestApp(server);
  port = Number(new URL(await gateway.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(services.map((bus) => bus.close()));
  await server.stop();
});
afterEach(() => {
  expect(asked, 'bad input reached a service').toBe(0);
  gateway.counted.length = 0;
});

const send = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  gateway.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
  });

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a body', () => {
  it.each([
    ['cut off', '{"tool":', 400, 'invalid_json', /JSON/],
    ['empty', '', 400, 'invalid_json', /JSON/],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'invalid_json', /UTF-8/],
    ['no object', '[]', 422, 'invalid_request', /body/],
    ['null', 'null', 422, 'invalid_request', /body/],
    ['with a key twice', '{"tool":"a","tool":"b"}', 422, 'invalid_request', /same key twice/],
    [
      'with a key twice deep inside',
      '{"tool":"a","args":{"x":[{"y":1,"y":2}]}}',
      422,
      'invalid_request',
      /twice/,
    ],
    ['with __proto__', '{"tool":"a","args":{"__proto__":{}}}', 422, 'invalid_request', /args\.__proto__/],
    ['too deep', `{"tool":"a","args":{"x":${deep(64)}}}`, 422, 'invalid_request', /nested too deep/],
    ['with a lone surrogate', '{"tool":"a","args":{"x":"\\ud800"}}', 422, 'invalid_request', /args\.x/],
    [
      'with an integer above 2^53-1',
      '{"tool":"a","amount_cents":9007199254740993}',
      422,
      'invalid_request',
      /amount_cents/,
    ],
  ])('that is %s is refused', async (_what, body, status, code, detail) => {
    const reply = await send('/guard/enforce', body);
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json()).toMatchObject({
      status,
      code,
      allowed: false,
      approval_required: false,
      reasons: [code],
    });
    expect(reply.json().detail).toMatch(detail);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
    'application/json; charset=utf-7',
    'application/json;charset=utf-16le',
    'application/json; charset=utf-8; charset=utf-7',
    '',
  ])('of type %j is 415', async (type) => {
    const reply = await send('/guard/enforce', '{"tool":"a"}', { 'content-type': type });
    expect(reply.statusCode).toBe(415);
    expect(reply.json()).toMatchObject({ code: 'unsupported_media_type', allowed: false });
  });

  it.each(['gzip', 'identity', 'x-unknown'])('in the encoding %s is 415', async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const reply = await send('/guard/enforce', '{"tool":"a"}', headers);
    expect(reply.json()).toMatchObject({ status: 415, code: 'unsupported_media_type', allowed: false });
  });

  it('of more values than a mebibyte can have is 413', async () => {
    const reply = await send('/guard/enforce', `{"tool":"a","args":{"t":[${'[],'.repeat(600_000)}1]}}`);
    expect(reply.json()).toMatchObject({ status: 413, code: 'payload_too_large', allowed: false });
  });

  it('of one byte over the limit is 413, also where its length is not told', async () => {
    const audit = await send('/audit', Buffer.alloc(BODY_LIMIT + 1, ' '));
    expect(audit.json()).toMatchObject({ status: 413, detail: 'The body is larger than 1 MiB.' });
    const body = Buffer.alloc(MAX_CALL_MESSAGE_BYTES + 1, ' ');
    const told = await send('/guard/enforce', body);
    expect(told.statusCode).toBe(413);
    expect(told.json()).toMatchObject({
      code: 'payload_too_large',
      allowed: false,
      detail: 'The body is larger than 8 MiB.',
    });

    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request({
        port,
        path: '/guard/enforce',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });
      upload.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      upload.end(body);
    });
    expect(status).toBe(413);
  });
});

/** The status of the answer to what is written to a connection. */
async function statusOf(head: string, headers: readonly string[] = [], body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = [head, 'Host: localhost', 'Connection: close', ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said.slice(9, 12);
}

it.each([
  ['Host: evil.example'],
  ['Content-Type: application/json; charset=utf-16'],
  ['Authorization: Bearer a', 'Authorization: Bearer b'],
  ['Idempotency-Key: a', 'idempotency-key: b'],
  ['If-Match: "1"', 'If-Match: "1"'],
])('a header that is there twice is refused, by the door: %s', async (...headers) => {
  const typed = ['Content-Type: application/json', 'Content-Length: 12'];
  expect(await statusOf('POST /guard/enforce HTTP/1.1', [...typed, ...headers], '{"tool":"a"}')).toBe('422');
});

it('a tunnel, and what is expected of nobody here, are refused and counted', async () => {
  expect(await statusOf('CONNECT a:1 HTTP/1.1')).toBe('405');
  expect(await statusOf('GET /health HTTP/1.1', ['Expect: miracles'])).toBe('417');
  expect(gateway.counted).toEqual([
    ['http_405', '127.0.0.1'],
    ['http_417', '127.0.0.1'],
  ]);
});

it('each refusal is counted, by what it is and from where', async () => {
  await send('/guard/enforce', '{"tool":');
  await send('/guard/enforce', '{"tool":"a","tool":"b"}');
  await send('/guard/enforce', Buffer.alloc(MAX_CALL_MESSAGE_BYTES + 1, ' '));
  await send('/approvals/a/approve', '{}');
  await send('/guard/enforce', '{"tool":"a"}', { host: 'evil.example' });
  await send('/nope', '{}');
  const kinds = [
    'invalid_json',
    'invalid_request',
    'payload_too_large',
    'unauthorized',
    'forbidden_origin',
    'not_found',
  ];
  expect(gateway.counted).toEqual(kinds.map((kind) => [kind, '127.0.0.1']));
});

describe('a field', () => {
  it.each([
    ['/guard/check', {}, /^tool: required/],
    ['/guard/check', { tool: 7 }, /^tool: /],
    ['/guard/check', { tool: '' }, /^tool: expected 1 to 256 characters/],
    ['/guard/check', { tool: 'rеfunds' }, /^tool: expected 1 to 256 characters/],
    ['/guard/check', { tool: 'a\u200bb' }, /^tool: /],
    ['/guard/check', { tool: 'a'.repeat(257) }, /^tool: /],
    ['/guard/check', { tool: 'a', amount_cents: '5' }, /^amount_cents: expected an integer/],
    ['/guard/check', { tool: 'a', amount_cents: -1 }, /^amount_cents: expected an integer/],
    ['/guard/check', { tool: 'a', amount_cents: 1.5 }, /^amount_cents: expected an integer/],
    ['/guard/check', { tool: null, amount_cents: null }, /^tool: required$/],
    ['/guard/check', { tool: 'a', op: 'x\ny' }, /^op: expected text without control characters/],
    ['/guard/check', { tool: 'a', amount: 5 }, /^amount: unknown field/],
    ['/guard/check', { tool: 'a', principal: 'root' }, /^principal: unknown field/],
    ['/guard/enforce', { tool: 'a', args: [] }, /^args: /],
    ['/guard/enforce', { tool: 'a', meta: 'x' }, /^meta: /],
    ['/guard/enforce', { tool: 'a', meta: { dry_run_id: '' } }, /^meta\.dry_run_id: /],
    ['/guard/enforce', { tool: 'a', meta: { run_key: '' } }, /^meta\.run_key: /],
    [
      '/guard/enforce',
      { tool: 'a', meta: { run_key: 'a', dry_run_id: 'b' } },
      /^meta\.run_key: is not what dry_run_id, its older name, says/,
    ],
    [
      '/approvals/complete',
      { run_key: 'a', dry_run_id: 'b', approval_code: 'x' },
      /^run_key: is not what dry_run_id, its older name, says/,
    ],
    ['/guard/enforce', { tool: 'a', meta: { reason: 7 } }, /^meta\.reason: /],
    ['/guard/enforce', { tool: 'a', server: 'x' }, /^server: unknown field/],
    ['/guard/enforce', { tool: 'a', run_key: 'x' }, /^run_key: unknown field; .* meta\.run_key/],
    ['/guard/enforce', { tool: 'a', run_key: 'x', more: 1 }, /^run_key: unknown field; more: unknown field$/],
    ['/guard/check', { tool: 'a', args: {} }, /^args: unknown field; a check sees no arguments/],
    [
      '/policy/validate',
      { version: 2, rules: [] },
      /version: unknown field; give the policy as \{"policy": /,
    ],
    ['/policy/validate', {}, /^policy: required/],
    ['/policy/validate', { policy: 'text' }, /^policy: /],
    ['/policy/migrate', { policy: {}, more: 1 }, /^more: unknown field/],
    ['/audit', { tool: 'a' }, /^action: required/],
    ['/audit', { action: 'a', ok: 'yes' }, /^ok: /],
    ['/audit', { action: 'a', principal: 'root' }, /^principal: unknown field/],
    [
      '/approvals/complete',
      { approval_code: 'x' },
      /^run_key: expected exactly one of run_key \(or dry_run_id, its older name\) and approval_id/,
    ],
    [
      '/approvals/complete',
      { dry_run_id: 'a', approval_id: 'b', approval_code: 'x' },
      /^run_key: expected exactly one of run_key \(or dry_run_id, its older name\) and approval_id/,
    ],
    ['/approvals/complete', { dry_run_id: 'a' }, /^approval_code: required/],
    ['/approvals/a/approve', { reason: 7 }, /^reason: /],
    ['/approvals/a/approve', { verdict: 'deny' }, /^verdict: unknown field/],
    ['/approvals/a/deny', { approval_code: 'x' }, /^approval_code: unknown field/],
    ['/approvals/a/cancel', { principal: 'root' }, /^principal: unknown field/],
    ['/approvals/a/cancel', { reason: 'x'.repeat(201) }, /^reason: /],
    ['/grants', { approval_id: 'a' }, /^minutes: expected exactly one/],
    ['/grants', { approval_id: 'a', minutes: 1, for_minutes: 1 }, /^minutes: expected exactly one/],
    ['/grants', { approval_id: 'a', minutes: 1441 }, /^minutes: /],
    ['/grants', { approval_id: 'a', for_minutes: 1441 }, /^for_minutes: /],
    [
      '/grants',
      { approval_id: 'a', for_minutes: 1, pattern: { tool: 'a', argz: {} } },
      /^pattern\.argz: unknown/,
    ],
    ['/grants/gra_1/revoke', {}, /^id: /],
    ['/webhooks/a.b/test', {}, /^id: expected 1 to 64 characters/],
  ])('%s %j is 422 and named', async (url, body, detail) => {
    const reply = await send(url, JSON.stringify(body));
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'invalid_request' });
    expect(reply.json().detail).toMatch(detail);
  });

  it('of a header is named too', async () => {
    const reply = await send('/guard/enforce', '{"tool":"a"}', { 'idempotency-key': 'k'.repeat(256) });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().detail).toMatch(/^idempotency-key: /);
  });

  it.each([
    '/approvals?limit=0',
    '/approvals?limit=501',
    '/approvals?limit=5&limit=6',
    '/approvals?status=open',
    '/approvals?page=2',
    `/approvals/${'x'.repeat(201)}`,
    '/grants?active=1',
    '/webhooks/a.b/deliveries',
    '/audit?ok=1',
    '/audit?from=yesterday',
    '/audit?before=0',
    '/audit?status=pennding',
    '/audit?approval_id=',
    '/events?types=policy',
    '/events?last_event_id=x',
  ])('in %s is 422', async (url) => {
    const reply = await gateway.app.inject({ url, headers: { host: 'localhost' } });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'invalid_request' });
  });
});

it.each([
  ['/approvals?limit=5&limit=6', undefined, 'limit: is there more than once'],
  [
    '/policy/validate',
    { policy: 'version: 2' },
    'policy: expected the policy as a JSON object; `aegis policy validate FILE` reads YAML text',
  ],
])('%s of %j says: %s', async (url, payload, detail) => {
  const method = payload === undefined ? 'GET' : 'POST';
  const reply = await gateway.app.inject({ method, url, payload, headers: { host: 'localhost' } });
  expect(reply.json()).toMatchObject({ status: 422, detail });
});

describe('a path', () => {
  it('/ leads people to the documentation', async () => {
    const { statusCode, headers } = await gateway.app.inject({ url: '/', headers: { host: 'localhost' } });
    expect([statusCode, headers.location]).toEqual([302, '/docs']);
  });

  it('/ui leads people to the console, and no browser asks for a picture that is missing', async () => {
    const { statusCode, headers } = await gateway.app.inject({ url: '/ui', headers: { host: 'localhost' } });
    expect([statusCode, headers.location]).toEqual([302, '/ui/']);
    const icon = await gateway.app.inject({ url: '/favicon.ico', headers: { host: 'localhost' } });
    expect([icon.statusCode, icon.body]).toEqual([204, '']);
  });

  it.each(['/nope', '/guard', '/guard/check//', '/GUARD/check', '/approvals/a/b', '/approvals/%zz'])(
    '%s is 404, with any method and any body',
    async (url) => {
      const get = await gateway.app.inject({ url, headers: { host: 'localhost' } });
      const post = await send(url, 'garbage', { 'content-type': 'text/plain' });
      for (const reply of [get, post]) {
        expect(reply.statusCode).toBe(404);
        expect(reply.json()).toMatchObject({ code: 'not_found' });
        expect(reply.headers['x-request-id']).toBeTruthy();
      }
    },
  );

  it.each([
    '/docs/static/%2e%2e/x',
    '/docs/static/../x',
    '/docs/static//x',
    '/docs/static/%00',
    '/docs/static/x',
  ])('%s is 404: no file is outside its folder, and nobody is told more', async (url) => {
    const reply = await gateway.app.inject({ url, headers: { host: 'localhost' } });
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([404, 'not_found']);
  });

  it.each([
    ['GET', '/guard/check', 'POST'],
    ['DELETE', '/approvals', 'GET, HEAD'],
    ['PUT', '/audit', 'GET, HEAD, POST'],
    ['POST', '/events', 'GET'],
    ['PATCH', '/webhooks/a', 'DELETE, PUT'],
    ['GET', '/approvals/a/approve', 'POST'],
    ['GET', '/approvals/a/cancel', 'POST'],
    ['OPTIONS', '/guard/enforce', 'POST'],
    ['PATCH', '/ui/approvals', 'GET, HEAD, POST'],
  ] as const)('%s %s is 405 and says what it takes', async (method, url, allow) => {
    const reply = await gateway.app.inject({ method, url, headers: { host: 'localhost' } });
    expect(reply.statusCode).toBe(405);
    expect(reply.headers.allow).toBe(allow);
    expect(reply.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it('that is not HTTP is a problem too, and the connection ends', async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => void socket.write('GARBAGE\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
  });
});

describe('another site', () => {
  it.each([
    { host: 'evil.example' },
    { host: 'localhost:8000', origin: 'http://evil.example' },
    { host: 'localhost:8000', origin: 'null' },
  ])('%j is refused on every path', async (headers) => {
    for (const [method, url] of [
      ['POST', '/guard/enforce'],
      ['POST', '/approvals/a/cancel'],
      ['DELETE', '/webhooks/a'],
      ['GET', '/health'],
      ['GET', '/events'],
      ['GET', '/ui/approvals'],
      ['GET', '/openapi.json'],
      ['GET', '/nope'],
    ] as const) {
      const reply = await gateway.app.inject({ method, url, headers });
      expect(reply.statusCode).toBe(403);
      expect(reply.json()).toMatchObject({ code: 'forbidden_origin' });
    }
  });
});
