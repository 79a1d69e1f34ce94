import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allAudit, enforce } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const seen: string[] = [];
let upstream: Server;
let stack: Stack;

beforeAll(async () => {
  upstream = createServer((asked, response) => {
    asked.on('data', (chunk) => seen.push(String(chunk)));
    asked.once('end', () => response.writeHead(202).end());
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  stack = await startRuledStack({
    rules: [{ match: '*', decision: 'allow' }],
    mcpServers: {
      up: { url: `http://127.0.0.1:${port}/mcp` },
      away: { url: 'http://127.0.0.1:1/mcp?token=not-to-be-seen' },
    },
  });
});
afterAll(async () => {
  await stack.stop();
  upstream.close();
});

const post = (url: string, body: object) =>
  fetch(url, {
    method: 'POST',
    headers: { ...JSON_TYPE, accept: 'application/json, text/event-stream' },
    body: JSON.stringify(body),
  });
async function statusAt(url: string, host: string): Promise<number | undefined> {
  const [response] = await once(request(url, { headers: { host } }).end(), 'response');
  response.resume();
  return response.statusCode;
}

it('/healthz is not for a page that made its own name point here', async () => {
  const healthz = new URL('/healthz', stack.mcpUrl).href;
  expect(await statusAt(healthz, 'evil.example')).toBe(403);
  expect(await statusAt(healthz, 'localhost')).toBe(200);
});

it.each([
  { ...JSON_TYPE, 'content-encoding': 'gzip' },
  { 'content-type': 'application/json; charset=utf-7' },
])('REST and MCP refuse a body that says it is something else: %j', async (headers) => {
  expect((await enforce(stack.url, { tool: 'x.y' }, headers)).status).toBe(415);
  for (const url of [stack.mcpUrl, `${stack.mcpUrl}/up`]) {
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(415);
  }
});

it('a response that nobody asked for does not reach the server, and is on record', async () => {
  const response = { jsonrpc: '2.0', id: 'somebody-elses', result: { action: 'accept' } };
  expect((await post(`${stack.mcpUrl}/up`, response)).status).toBe(400);
  expect(seen.join()).not.toContain('somebody-elses');
  const refused = async () => JSON.stringify(await allAudit(stack.url));
  await expect.poll(refused, { timeout: 10_000 }).toContain('to no request of the server');
});

it('a call to a server that is not there was not sent, and nothing of its address is in a log', async () => {
  const params = { name: 'read', arguments: {} };
  const answer = await post(`${stack.mcpUrl}/away`, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  expect(await answer.text()).toContain('not sent');
  expect(JSON.stringify(await allAudit(stack.url))).not.toContain('outcome_unknown');
  expect(stack.output()).not.toContain('not-to-be-seen');
});
