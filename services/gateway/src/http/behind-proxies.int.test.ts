import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTestApp, type Server, startNatsServer } from '../testkit/stand-ins.ts';

/** A PROXY header that says 203.0.113.7. */
const HEADER = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071070a000001d4311f40', 'hex');
const POST =
  'POST /guard/check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n';

let server: Server;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let port: number;

beforeAll(async () => {
  server = await startNatsServer();
  gateway = await createTestApp(server, { PROXY_PROTOCOL_FROM: '127.0.0.1' });
  port = Number(new URL(await gateway.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});
afterEach(() => {
  gateway.counted.length = 0;
});

function answered(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  for (const part of parts) socket.write(part);
  return text(socket);
}

it.each([
  ['a request that is refused', `${POST}content-length: 8\r\n\r\n{"tool":`, 'invalid_json'],
  ['what is no HTTP', 'no http\r\n\r\n', 'not_http'],
])('%s is counted for whom the proxy names', async (_, sent, kind) => {
  expect(await answered(HEADER, sent)).toContain('400 Bad Request');
  expect(gateway.counted).toEqual([[kind, '203.0.113.7']]);
});

it('headers of a request name nobody', async () => {
  const forwarded = 'x-forwarded-for: 127.0.0.1\r\nforwarded: for=127.0.0.1\r\nx-real-ip: 127.0.0.1\r\n';
  await answered(HEADER, `${POST}${forwarded}content-length: 8\r\n\r\n{"tool":`);
  expect(gateway.counted).toEqual([['invalid_json', '203.0.113.7']]);
});

it('a proxy that names nobody is not served, and that is counted', async () => {
  expect(await answered(`${POST}content-length: 8\r\n\r\n{"tool":`)).toBe('');
  expect(gateway.counted).toEqual([['no_proxy_header', '127.0.0.1']]);
});

it('a body in pieces of a byte is hung up on, and that is counted', async () => {
  const body = answered(HEADER, `${POST}transfer-encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(4_000)}`);
  expect(await body.catch(() => '')).toBe('');
  expect(gateway.counted).toEqual([['small_pieces', '203.0.113.7']]);
});
