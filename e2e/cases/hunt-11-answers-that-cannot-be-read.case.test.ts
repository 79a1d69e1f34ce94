import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { get, post } from '../testkit/rest.ts';
import { startOpenStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient } from '../testkit/transcript/raw-client.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/unclear-server.ts', import.meta.url));
const SENTENCE = "what the server sent can't be read: the message";
const CALLED = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'ok' }] } };

/** What the server behind HTTP answers a call of a tool of this name. */
const BEHIND_HTTP: Readonly<Record<string, { status: number; body: string; location?: string }>> = {
  'error-null': { status: 200, body: JSON.stringify({ ...CALLED, error: null }) },
  'text-id': { status: 200, body: JSON.stringify({ ...CALLED, id: '1' }) },
  empty: { status: 200, body: '' },
  busy: { status: 429, body: 'not now' },
};

let stack: Stack;
let upstream: Server;
beforeAll(async () => {
  upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      // As Python's servers do, which answer at the address with a slash.
      if (request.url === '/mcp') return response.writeHead(307, { location: '/mcp/' }).end();
      const { id, method, params } = JSON.parse(body) as {
        id: number;
        method: string;
        params: { name: string };
      };
      const tools = Object.keys(BEHIND_HTTP).map((name) => ({ name, inputSchema: { type: 'object' } }));
      const list = { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result: { tools } }) };
      const answer = method === 'tools/call' ? BEHIND_HTTP[params.name] : list;
      const type = answer?.status === 200 ? { 'content-type': 'application/json' } : { 'retry-after': '7' };
      return response.writeHead(answer?.status ?? 500, type).end(answer?.body);
    });
  });
  await new Promise<void>((listens) => void upstream.listen(0, '127.0.0.1', listens));
  const { port } = upstream.address() as AddressInfo;
  stack = await startOpenStack({ shop: { url: `http://127.0.0.1:${port}/mcp` } });
});
afterAll(async () => {
  await stack.stop();
  upstream.close();
});

const statusesOf = async (tool: string): Promise<(string | null)[]> => {
  const { body } = await get<{ entries: { action: string; status: string | null; tool: string | null }[] }>(
    stack.url,
    '/audit?limit=200',
  );
  return body.entries
    .filter((one) => one.tool === tool && one.action.startsWith('call.'))
    .map(({ status }) => status);
};

it('over stdio each answer reaches the client, or a sentence that says what came, and no record stays open', async () => {
  const target = wrappedBy(stack, { name: 'srv', command: process.execPath, args: [SERVER] });
  const client = openRawClient(target, () => undefined);
  const call = async (name: string, id: number): Promise<string> => {
    const from = client.lines.length;
    client.write(
      JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } }),
    );
    await client.until(from, name, (line) => line.includes(`"id":${id},`) || line.includes(`"id": ${id},`));
    return client.lines.slice(from).find((line) => line.includes(`${id},`)) ?? '';
  };
  const expected = [
    ['latin1', 'caf\u{fffd}', 'succeeded'],
    ['big', `${SENTENCE} has 1700`, 'unknown'],
    ['error-null', '"ok"', 'succeeded'],
    ['no-version', '"ok"', 'succeeded'],
    ['text-id', '"ok"', 'succeeded'],
    ['pretty', '"ok"', 'succeeded'],
    ['cut', `${SENTENCE} is not valid JSON`, 'unknown'],
    ['plain', '"ok"', 'succeeded'],
  ] as const;
  for (const [at, [name, said]] of expected.entries()) {
    const line = await call(name, at + 1);
    expect([name, line.slice(0, 400)]).toEqual([name, expect.stringContaining(said)]);
    expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0', id: at + 1 });
  }
  for (const [name, , status] of expected) {
    await expect
      .poll(() => statusesOf(`srv.${name}`), { timeout: 20_000 })
      .toEqual([status === 'unknown' ? expect.stringContaining('unknown') : status]);
  }
  await client.close();
});

it('over HTTP too, from a server that sends to its slash; and its status and Retry-After survive', async () => {
  const call = (name: string) =>
    post(`${stack.mcpUrl}/shop`, '', {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: {} },
    });
  for (const name of ['error-null', 'text-id']) expect(await call(name)).toMatchObject({ body: CALLED });
  expect(JSON.stringify(await call('empty'))).toContain('HTTP 200 and an empty body');
  const busy = await fetch(`${stack.mcpUrl}/shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'busy', arguments: {} },
    }),
  });
  expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([429, '7', 'not now']);
  await expect.poll(() => statusesOf('shop.busy'), { timeout: 20_000 }).toEqual(['failed']);
});
