import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { closeSilentConnections } from './silent-connections.ts';

const MOST = 8;
const FLOOD = '127.0.0.2';
const OTHER = '127.0.0.1';
const ASK = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
const STREAM = 'GET /stream HTTP/1.1\r\nhost: a\r\n\r\n';

let server: Server;
const sockets: Socket[] = [];

/** A connection from this address that says this. */
async function open(from: string, says = ''): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (says !== '') socket.write(says);
  return socket;
}
const isOpen = (socket: Socket): boolean => !socket.closed;
const answerOf = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/stream') response.write('it began');
    else request.resume().once('end', () => response.end('answered'));
  });
  closeSilentConnections(server, MOST);
  await once(server.listen(0, '0.0.0.0'), 'listening');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  ['say nothing', ''],
  ['begin a request and do not go on', 'GET / HTTP/1.1\r\nx: '],
  [
    'begin a body and do not go on',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\nx',
  ],
  ['asked once and say no more', ASK],
])(
  'many connections of one peer that %s make room for each other, and others are answered',
  async (_what, says) => {
    const kept = await open(OTHER, ASK);
    expect(await answerOf(kept)).toContain('answered');
    const stream = await open(FLOOD, STREAM);
    expect(await answerOf(stream)).toContain('it began');
    const flood: Socket[] = [];
    for (let n = 0; n < 4 * MOST; n++) flood.push((await open(FLOOD, says)).resume());
    await expect.poll(() => flood.filter(isOpen).length).toBeLessThanOrEqual(MOST);
    kept.write(ASK);
    expect(await answerOf(kept)).toContain('answered');
    expect(await answerOf(await open(OTHER, ASK))).toContain('answered');
    expect(isOpen(stream)).toBe(true);
  },
);

it('connections that wait for an answer take no room from new ones, however many they are', async () => {
  const streams: Socket[] = [];
  for (let n = 0; n < 2 * MOST; n++) {
    const stream = await open(OTHER, STREAM);
    expect(await answerOf(stream)).toContain('it began');
    streams.push(stream);
  }
  expect(await answerOf(await open(OTHER, ASK))).toContain('answered');
  expect(streams.filter(isOpen)).toHaveLength(2 * MOST);
});
