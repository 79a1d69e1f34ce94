import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { describeFailure, sendUpstream, Unsent } from './send-upstream.ts';
import { readReply } from './upstream-replies.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const INTERIM = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';

/** Asks a server that says this, as it is, to whatever it is asked. */
async function asking(says: (socket: Socket) => void, signal = new AbortController().signal) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => says(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const outgoing = { method: 'POST', headers: {}, body: '{}', signal, timeoutMs: 0 } as const;
  return sendUpstream({ kind: 'http', url, headers: {} }, outgoing);
}

it.each([
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  ],
  ['nothing', ''],
  ['the half of a head', 'HTTP/1.1 200 OK\r\n'],
])(
  'a server that answers with %s, and hangs up, gave no answer, and may have had the request',
  async (_, said) => {
    const failed = await asking((socket) => (said === '' ? socket.end() : socket.end(said))).catch(
      (thrown: unknown) => thrown,
    );
    expect(failed).toBeInstanceOf(Error);
    expect(failed).not.toBeInstanceOf(Unsent);
    expect(describeFailure(failed)).toMatch(/^the connection broke off \(/);
  },
);

it('a server that goes over to another protocol and stays there gave no answer', async () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  const failed = await asking((socket) => void socket.write(upgrade)).catch(describeFailure);
  expect(failed).toBe('the connection broke off (ECONNRESET)');
});

it('what a server says before its answer is passed over', async () => {
  const reply = await asking((socket) => void socket.write(INTERIM.repeat(20) + ANSWER));
  expect((await readReply(reply)).toString()).toBe('{}');
});

it('a server that says so without end is hung up on', async () => {
  let said = 0;
  const hungUp = Promise.withResolvers<void>();
  const failed = await asking((socket) => {
    socket.once('close', () => hungUp.resolve());
    const say = (): void => {
      while (!socket.destroyed && socket.write(INTERIM)) said += INTERIM.length;
    };
    socket.on('drain', say);
    say();
  }).catch(describeFailure);
  expect(failed).toBe('it said that it goes on more than 64 times, and did not');
  await hungUp.promise;
  expect(said).toBeGreaterThan(64 * INTERIM.length);
});

const CHUNKED = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

it.each(['', 'content-encoding: gzip\r\n'])(
  'a server that sends pieces of a byte without end is hung up on: %j',
  async (encoding) => {
    const hungUp = Promise.withResolvers<void>();
    const reply = await asking((socket) => {
      socket.once('close', () => hungUp.resolve());
      const say = (): void => {
        while (!socket.destroyed && socket.write(chunk(' ').repeat(1_000)));
      };
      socket.on('drain', say);
      socket.write(`${CHUNKED}${encoding}\r\n`);
      say();
    });
    const failed = await readReply(reply).catch(describeFailure);
    expect(failed).toBe('it sent its answer in too many small pieces');
    await hungUp.promise;
  },
);

it.each([
  ['some hundred pieces of a byte', ' ', 2_000],
  ['many events', `data: {"jsonrpc":"2.0","method":"x"}\n\n`, 20_000],
])('%s are read', async (_, text, times) => {
  const reply = await asking((socket) => {
    socket.write(`${CHUNKED}\r\n`);
    socket.write(`${chunk(text).repeat(times)}0\r\n\r\n`);
  });
  expect((await readReply(reply)).length).toBe(text.length * times);
});
