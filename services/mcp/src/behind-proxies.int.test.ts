import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { healthy } from '@aegis/bus/service';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { parseEnv } from '@aegis/kit/env';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { McpEnv } from './config.ts';
import { createHttp } from './http.ts';
import { quiet } from './testkit/stand-ins.ts';
import { createServer } from './tools/serve/server.ts';

/** A PROXY header that says 203.0.113.7. */
const HEADER = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071070a000001d4311f40', 'hex');
const GET = 'GET /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';

const counted: [kind: string, source: string | undefined][] = [];
const config = parseEnv(McpEnv, { MCP_PORT: '0', PROXY_PROTOCOL_FROM: '127.0.0.1' });
const http = createHttp({
  factory: () => createServer([], quiet),
  config,
  requests: createRequestAllowance(createLimitOf(config)),
  health: () => healthy,
  callers: { principalOf: () => Promise.resolve('anonymous') },
  proxy: { handle: () => Promise.reject(new Error('no servers')), stop: () => Promise.resolve() },
  log: quiet,
  refusals: { count: (kind, source) => counted.push([kind, source]) },
});

beforeAll(() => http.listen());
afterAll(() => http.close());
beforeEach(() => {
  counted.length = 0;
});

function answered(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(Number(new URL(http.address()).port), '127.0.0.1');
  for (const part of parts) socket.write(part);
  return text(socket);
}

it.each([
  ['a request that is refused', GET, '405 Method Not Allowed', 'http_405'],
  ['what is no HTTP', 'no http\r\n\r\n', '400 Bad Request', 'not_http'],
])('%s is counted for whom the proxy names', async (_, sent, answer, kind) => {
  expect(await answered(HEADER, sent)).toContain(answer);
  await expect.poll(() => counted).toEqual([[kind, '203.0.113.7']]);
});

it('a proxy that names nobody is not served, and that is counted', async () => {
  expect(await answered(GET)).toBe('');
  expect(counted).toEqual([['no_proxy_header', '127.0.0.1']]);
});

it('a body in pieces of a byte is hung up on, and that is counted', async () => {
  const head = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
  const body = answered(HEADER, `${head}transfer-encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(4_000)}`);
  expect(await body.catch(() => '')).toBe('');
  expect(counted).toEqual([['small_pieces', '203.0.113.7']]);
});
