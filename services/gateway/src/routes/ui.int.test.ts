import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BODY_LIMIT } from '../http/json-body.ts';
import { createTestApp, type Server, startNatsServer } from '../testkit/stand-ins.ts';

type Seen = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string };
let server: Server;
let upstream: HttpServer;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let pages: string;
let port: number;
let seen: Seen[] = [];
/** Lets the answer that waits in its middle go on. */
let goOn = (): void => undefined;

const CSP = "default-src 'none'; form-action 'self'";

/** The approvals service's HTTP server, as far as it matters here. */
function answer({ method, url }: IncomingMessage, response: ServerResponse): void {
  if (url === '/ui/hang') return;
  if (url === '/ui/api/session') {
    response.writeHead(200, { 'set-cookie': ['a=1; HttpOnly', 'b=2'], 'content-type': 'application/json' });
    response.end('{}');
    return;
  }
  if (url === '/ui/api/webhooks/on-call/test') {
    setTimeout(() => response.writeHead(200).end('slow'), 900);
    return;
  }
  if (url === '/ui/in-parts' || url === '/ui/stalls') {
    response.writeHead(200, { 'content-type': 'text/html' }).write('first ');
    goOn = () => response.end('last');
    return;
  }
  if (url === '/ui/busy') {
    response.writeHead(503, { 'retry-after': '1' }).end('busy');
    return;
  }
  if (url === '/ui/cut') {
    response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy());
  } else if (method === 'POST') {
    response.writeHead(303, { location: '/ui/approvals?decided=1' }).end();
  } else {
    const size = Number(/^\/ui\/size-(\d+)$/.exec(url ?? '')?.[1] ?? 0);
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy': CSP,
      'set-cookie': ['a=1', 'b=2'],
    });
    response.end(size > 0 ? Buffer.alloc(size, 'x') : '<p>approvals</p>');
  }
}

async function listen(): Promise<string> {
  upstream = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      seen.push({ method, url, headers, body });
      answer(incoming, response);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  server = await startNatsServer();
  pages = await listen();
  gateway = await createTestApp(server, { APPROVALS_URL: pages });
  port = Number(new URL(await gateway.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  upstream.close();
  await server.stop();
});
beforeEach(() => {
  seen = [];
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };
const get = (url: string, headers: Record<string, string> = {}) =>
  gateway.app.inject({ url, headers: { host: 'localhost:8000', ...headers } });
const post = (url: string, payload: string, headers: Record<string, string>) =>
  gateway.app.inject({ method: 'POST', url, payload, headers: { host: 'localhost:8000', ...headers } });

describe('the pages of the approvals service', () => {
  it('come through with their policy and their cookies', async () => {
    const reply = await get('/ui/approvals?status=pending&x=%20');
    expect([reply.statusCode, reply.body]).toEqual([200, '<p>approvals</p>']);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html',
      'content-security-policy': CSP,
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/ui/approvals?status=pending&x=%20' });
  });

  it("know the browser's address from us, whatever the client says", async () => {
    await get('/ui/approvals', {
      'x-forwarded-for': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      authorization: 'Bearer x',
      cookie: 'a=1',
    });
    const { headers } = seen[0] ?? {};
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost:8000',
      cookie: 'a=1',
    });
    // The service inside answers to its own name alone: a page elsewhere can't make a browser send that.
    expect(headers?.['host']).toBe(new URL(pages).host);
    for (const name of ['x-real-ip', 'forwarded', 'authorization']) expect(headers).not.toHaveProperty(name);
  });

  it('get their forms, and a redirect goes back to the browser', async () => {
    const reply = await post('/ui/approvals/run-1', 'approval_code=a%26b', {
      ...FORM,
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    });
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/ui/approvals?decided=1']);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/ui/approvals/run-1',
      body: 'approval_code=a%26b',
    });
    expect(seen[0]?.headers).toMatchObject({ ...FORM, 'sec-fetch-site': 'same-origin' });
  });

  it("get their scripts' JSON byte for byte, with the page's half of the session", async () => {
    const body = '{"reason": "a",\t"reason":"b"}';
    await post('/ui/api/approvals/1/deny', body, { ...JSON_BODY, 'x-page-token': 't', cookie: 'a=1' });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/ui/api/approvals/1/deny', body });
    expect(seen[0]?.headers).toMatchObject({ ...JSON_BODY, 'x-page-token': 't', cookie: 'a=1' });
  });

  it('set each of their cookies by itself', async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/ui/api/session`, { method: 'POST' });
    expect(reply.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
  });

  it('wait longer for the test of a webhook, which asks somebody else', async () => {
    const reply = await post('/ui/api/webhooks/on-call/test', '{}', JSON_BODY);
    expect([reply.statusCode, reply.body]).toEqual([200, 'slow']);
  });

  it('get nothing of another site, nothing of another type, nothing over 1 MiB', async () => {
    const elsewhere = { origin: 'http://evil.example' };
    const refused = [
      await post('/ui/approvals/1', 'a=b', { ...FORM, ...elsewhere }),
      await post('/ui/api/approvals/1/approve', '{}', { ...JSON_BODY, ...elsewhere }),
      await post('/ui/approvals/1', '{}', { 'content-type': 'text/plain' }),
      await post('/ui/approvals/1', 'x'.repeat(BODY_LIMIT + 1), FORM),
      await post('/ui/api/approvals/1/grant', 'x'.repeat(BODY_LIMIT + 1), JSON_BODY),
    ];
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 415, 413, 413]);
    expect(seen).toEqual([]);
  });

  it.each([
    '/ui/../healthz',
    '/ui/%2e%2e/healthz',
    '/ui/a/..%2f..%2fhealthz',
    '/ui/..\\healthz',
    '/ui/./x',
    '/ui/a../x',
    '/ui/..x',
    'http://127.0.0.1/ui/approvals',
  ])('and nothing beside them: %s is 404', async (url) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ port, path: url }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
    expect(seen).toEqual([]);
  });

  it('come through as they are made, the first part before there is a last', async () => {
    const { body } = await fetch(`http://127.0.0.1:${port}/ui/in-parts`);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: 'first ' });
    goOn();
    expect(await reader?.read()).toEqual({ done: false, value: 'last' });
    expect(await reader?.read()).toEqual({ done: true });
  });

  it('of any size come through whole, however late they are read', async () => {
    const size = 64 * 1024 * 1024;
    const reply = await fetch(`http://127.0.0.1:${port}/ui/size-${size}`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await reply.arrayBuffer()).byteLength).toBe(size);
  });

  it.each(['/ui/cut', '/ui/stalls'])(
    'never look whole where they are not: %s ends the connection',
    async (url) => {
      const reply = await fetch(`http://127.0.0.1:${port}${url}`);
      await expect(reply.text()).rejects.toThrow('terminated');
    },
  );

  it('that do not begin in time are 503, and are not asked for again', async () => {
    const reply = await get('/ui/hang');
    expect([reply.statusCode, reply.json().code]).toEqual([503, 'approvals_unavailable']);
    expect(seen).toHaveLength(1);
  });

  it('may say themselves that they are busy', async () => {
    const reply = await get('/ui/busy');
    expect([reply.statusCode, reply.headers['retry-after'], reply.body]).toEqual([503, '1', 'busy']);
    expect(seen).toHaveLength(1);
  });

  it('get no body that a GET had', async () => {
    const text = await new Promise((resolve, reject) => {
      const asked = request(
        { port, path: '/ui/approvals', headers: { 'content-length': '2' } },
        (response) => {
          response.setEncoding('utf8').on('data', resolve);
        },
      );
      asked.on('error', reject).end('xx');
    });
    expect(text).toBe('<p>approvals</p>');
    expect(seen[0]).toMatchObject({ method: 'GET', body: '' });
  });

  it('answer HEAD with what a GET would say of itself', async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/ui/approvals`, { method: 'HEAD' });
    expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
      200,
      'text/html',
      '',
    ]);
  });

  it('are 503 where the service is away', async () => {
    const alone = await createTestApp(server, { APPROVALS_URL: 'http://127.0.0.1:1' });
    const reply = await alone.app.inject({ url: '/ui/approvals', headers: { host: 'localhost' } });
    expect([reply.statusCode, reply.json().code]).toEqual([503, 'approvals_unavailable']);
    await alone.stop();
  });
});
