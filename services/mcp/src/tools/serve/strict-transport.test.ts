import { setImmediate as tick } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createStrictTransport } from './strict-transport.ts';

const DRAIN_MS = 60_000;
const PING = '{"jsonrpc":"2.0", "id":1, "method":"ping"}';
const NOTE = '{"jsonrpc":"2.0","method":"notifications/x"}';

/** A connection, the messages that came through it, what it wrote, and the lines that are done. */
function open() {
  const written: [string, number][] = [];
  const done: number[] = [];
  const kinds: string[] = [];
  const strict = createStrictTransport({
    write: (line, answers) => written.push([line, answers]),
    done: (line) => done.push(line),
    drainMs: DRAIN_MS,
    refused: (kind) => kinds.push(kind),
  });
  const messages: unknown[] = [];
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has no other way
  strict.transport.onmessage = (message) => void messages.push(message);
  const say = (...chunks: (string | Buffer)[]): void => {
    for (const chunk of chunks) strict.take(Buffer.from(chunk));
  };
  const end = (): Promise<void> => strict.end();
  const resume = (initialize: string): void => strict.resume(initialize);
  return { transport: strict.transport, say, end, resume, messages, written, done, kinds };
}

/** What came of these chunks. */
async function through(...chunks: (string | Buffer)[]) {
  const { say, end, messages, written, done } = open();
  say(...chunks);
  await end();
  return { messages, refusals: written.map(([line]) => JSON.parse(line) as unknown), written, done };
}

it('hands each message on, wherever the chunks are cut, the last one without a newline too', async () => {
  const line = NOTE.replace('/x', '/x","params":{"a":"ï"},"y":"');
  const bytes = Buffer.from(`${line}\n\n${NOTE}\r\n \t\r\n${NOTE}`);
  const { messages, refusals, done } = await through(...Array.from(bytes, (byte) => Buffer.of(byte)));
  expect(messages).toEqual([
    { jsonrpc: '2.0', method: 'notifications/x', params: { a: 'ï' } },
    JSON.parse(NOTE),
    JSON.parse(NOTE),
  ]);
  expect(refusals).toEqual([]);
  expect(done).toEqual([1, 2, 3, 4, 5]);
});

it('refuses a line and hands on the next', async () => {
  const { messages, refusals } = await through(`{"jsonrpc":"2.0","id":4,"id":4,"method":"ping"}\n${NOTE}\n`);
  expect(refusals).toMatchObject([{ error: { code: -32600 } }]);
  expect(messages).toHaveLength(1);
});

it('refuses a line above 8 MiB once, however it comes, and hands on the next', async () => {
  const part = 'x'.repeat(3_000_000);
  const { messages, refusals, written } = await through(part, part, part, `\n${NOTE}\n`);
  expect(refusals).toEqual([
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: -32600, message: 'A message may have at most 8388608 bytes.' },
    },
  ]);
  expect(written[0]?.[1]).toBe(1);
  expect(messages).toHaveLength(1);
});

it('waits for the answer that is still to come when the client says no more', async () => {
  const { say, end, transport, messages, written } = open();
  let isOver = false;
  say(`\n${PING}\n`);
  expect(messages).toHaveLength(1);
  const ended = end().finally(() => {
    isOver = true;
  });
  await tick();
  expect(isOver).toBe(false);
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  await ended;
  expect(written).toEqual([['{"jsonrpc":"2.0","id":1,"result":{}}\n', 2]]);
});

it('after it is closed nothing is written', async () => {
  const { say, transport, written } = open();
  say(`${PING}\n`);
  await transport.close();
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(written).toEqual([]);
});

it('of a client that comes back the server hears the handshake, and the client no answer to it', async () => {
  const { say, resume, transport, messages, written } = open();
  resume('{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}');
  await transport.send({ jsonrpc: '2.0', id: 0, result: {} });
  say(`${PING}\n`);
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(messages).toMatchObject([
    { method: 'initialize' },
    { method: 'notifications/initialized' },
    { id: 1 },
  ]);
  expect(written).toEqual([['{"jsonrpc":"2.0","id":1,"result":{}}\n', 1]]);
});

it('says of what kind is what it refuses, and what the tools do not know', async () => {
  const { say, end, kinds } = open();
  const unknown = NOTE.replace('"method"', '"id":7,"method"').replace('notifications/x', 'tools/destroy');
  say(`${PING}\n${NOTE}\nno JSON\n${unknown}\n${'x'.repeat(8_388_609)}\n`);
  void end();
  expect(kinds).toEqual(['message', 'unknown_method', 'payload_too_large']);
});
