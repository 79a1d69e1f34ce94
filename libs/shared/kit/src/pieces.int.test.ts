import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { refuseSmallPieces } from './pieces.ts';

const HEAD = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

let server: Server;
let read: string[];
let refused: unknown[][];

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.headers['x-answer'] === 'unread') return void response.end('no');
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    if (request.headers['x-answer'] === 'early') response.end('no');
    else
      request.once('end', () => {
        read.push(body);
        response.end('read');
      });
  });
  refuseSmallPieces(server, (...one) => refused.push(one));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(() => {
  [read, refused] = [[], []];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function open(head = HEAD): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).write(head);
  return socket;
}

it.each(['', 'x-answer: early\r\n', 'x-answer: unread\r\n'])(
  'a body in pieces of a byte without end is hung up on, once: %j',
  async (header) => {
    const socket = open(HEAD.replace('\r\n\r\n', `\r\n${header}\r\n`)).resume();
    const say = (): void => {
      while (!socket.destroyed && socket.write(chunk(' ').repeat(1_000)));
    };
    socket.on('drain', say);
    say();
    await new Promise((resolve) => void socket.once('close', resolve));
    expect(refused).toEqual([['small_pieces', '127.0.0.1']]);
    expect(read).toEqual([]);
  },
);

it.each([
  ['some hundred pieces of a byte', 'a', 1_000],
  ['many pieces of a line', 'a'.repeat(80), 10_000],
])('%s are read', async (_, text, times) => {
  const socket = open();
  socket.write(`${chunk(text).repeat(times)}0\r\n\r\n`);
  expect(String((await once(socket, 'data'))[0])).toContain('read');
  expect(read).toEqual([text.repeat(times)]);
  expect(refused).toEqual([]);
  socket.destroy();
});
