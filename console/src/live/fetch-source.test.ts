import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSource } from './fetch-source.ts';

let server: ReturnType<typeof createServer>;
let url: string;
let heard: IncomingHttpHeaders;
let stream: ServerResponse | undefined;
beforeEach(async () => {
  server = createServer((request, response) => {
    heard = request.headers;
    if (request.url === '/no') return void response.writeHead(401).end();
    stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream.write('retry: 1000\nid: 1\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function listen(path: string) {
  const source = openSource(`${url}${path}`, { 'x-page-token': 'half' });
  const said: unknown[] = [];
  for (const type of ['open', 'error', 'approved'])
    source.addEventListener(type, ({ data }) => void said.push(data === undefined ? type : [type, data]));
  return { source, said };
}

test('a stream carries the half of the session, and what comes in parts is one event', async () => {
  const { source, said } = listen('/events');
  await expect.poll(() => said).toEqual(['open']);
  expect(heard['x-page-token']).toBe('half');
  stream?.write(': still here\n\nid: 2\nevent: approved\nda');
  stream?.write('ta: {"a":1}\n\nid: 3\nevent: other\ndata: {}\n\n');
  await expect.poll(() => said).toEqual(['open', ['approved', '{"a":1}']]);
  stream?.end();
  await expect.poll(() => said.at(-1)).toBe('error');
  expect(source.readyState).toBe(2);
});

test('an answer that is an error ends it, and what was closed says nothing more', async () => {
  const refused = listen('/no');
  await expect.poll(() => refused.said).toEqual(['error']);
  const closed = listen('/events');
  await expect.poll(() => closed.said).toEqual(['open']);
  closed.source.close();
  await once(stream as ServerResponse, 'close');
  expect([closed.said, closed.source.readyState]).toEqual([['open'], 2]);
});
