import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveBehindProxies } from './behind-proxies.ts';

const HEADER = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071070a000001d4311f40', 'hex');
const LOCAL = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');
const REQUEST = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello';
const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';

let server: Server;
let asked: number;
const refused: string[] = [];

/** What a connection from this address is answered that sends these parts, each after the one before has arrived. */
async function answered(from: string, ...parts: (string | Buffer)[]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
  await once(socket, 'connect');
  const answer = text(socket).catch(() => '');
  for (const part of parts) {
    await new Promise((done) => socket.write(part, done));
    await new Promise((done) => setImmediate(done));
  }
  return await answer;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    void text(request).then((body) => response.end(`${request.socket.remoteAddress} said ${body}`));
  });
  serveBehindProxies(server, [PROXY], (address) => void refused.push(address), 200);
  await once(server.listen(0, '0.0.0.0'), 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  asked = 0;
  refused.length = 0;
});

describe('a connection of the proxy', () => {
  it.each([
    ['in one piece', [Buffer.concat([HEADER, Buffer.from(REQUEST)])]],
    ['the header first', [HEADER, REQUEST]],
    ['byte by byte', [...HEADER, ...Buffer.from(REQUEST)].map((byte) => Buffer.of(byte))],
    [
      'the header with the begin of the request',
      [Buffer.concat([HEADER, Buffer.from('POS')]), REQUEST.slice(3)],
    ],
  ])('is of whom its header names: %s', async (_, parts) => {
    expect(await answered(PROXY, ...parts)).toContain('203.0.113.7 said hello');
  });

  it('is its own where the header says so', async () => {
    expect(await answered(PROXY, LOCAL, REQUEST)).toContain('127.0.0.1 said hello');
  });

  it('keeps its sender for each request on it', async () => {
    const first = REQUEST.replace('close', 'keep-alive');
    expect((await answered(PROXY, HEADER, first, REQUEST)).match(/203\.0\.113\.7 said hello/g)).toHaveLength(
      2,
    );
  });

  it.each([
    ['without a header', REQUEST],
    ['with garbage', Buffer.alloc(64, 7)],
    ['with version 1', `PROXY TCP4 203.0.113.7 10.0.0.1 5 80\r\n${REQUEST}`],
    ['that stops within the header', HEADER.subarray(0, 20)],
  ])('is closed unanswered and counted: %s', async (_, sent) => {
    expect(await answered(PROXY, sent)).toBe('');
    expect([asked, refused]).toEqual([0, [PROXY]]);
  });

  it('is closed where nothing comes, and counts for nothing', async () => {
    expect(await answered(PROXY)).toBe('');
    expect([asked, refused]).toEqual([0, []]);
  });

  it('is refused where a second header follows', async () => {
    expect(await answered(PROXY, HEADER, HEADER, REQUEST)).toContain('400 Bad Request');
    expect(asked).toBe(0);
  });
});

describe('a connection of anybody else', () => {
  it('is of its own address', async () => {
    expect(await answered(STRANGER, REQUEST)).toContain('127.0.0.2 said hello');
  });

  it.each([
    ['version 2', HEADER],
    ['version 1', 'PROXY TCP4 203.0.113.7 10.0.0.1 5 80\r\n'],
  ])('is refused where it says that it is of another: %s', async (_, header) => {
    expect(await answered(STRANGER, header, REQUEST)).toContain('400 Bad Request');
    expect(asked).toBe(0);
  });
});
