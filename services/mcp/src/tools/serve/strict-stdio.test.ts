import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as tick } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createStrictStdio } from './strict-stdio.ts';

const DRAIN_MS = 60_000;
const PING = '{"jsonrpc":"2.0", "id":1, "method":"ping"}';
const NOTE = '{"jsonrpc":"2.0","method":"notifications/x"}';

/** A connection, the messages that came through it, and what it wrote. */
async function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  const stdio = createStrictStdio(input, output, DRAIN_MS);
  const messages: unknown[] = [];
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has no other way
  stdio.transport.onmessage = (message) => void messages.push(message);
  await stdio.transport.start();
  const written = async () => (await text(output.end())).split('\n').filter(Boolean);
  return { input, ...stdio, messages, written };
}

/** What came of these chunks. */
async function through(...chunks: (string | Buffer)[]) {
  const { input, closed, messages, written } = await open();
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await closed;
  return { messages, refusals: (await written()).map((line) => JSON.parse(line) as unknown) };
}

it('hands each message on, wherever the chunks are cut, the last one without a newline too', async () => {
  const line = NOTE.replace('/x', '/x","params":{"a":"ï"},"y":"');
  const bytes = Buffer.from(`${line}\n\n${NOTE}\r\n \t\r\n${NOTE}`);
  const { messages, refusals } = await through(...Array.from(bytes, (byte) => Buffer.of(byte)));
  expect(messages).toEqual([
    { jsonrpc: '2.0', method: 'notifications/x', params: { a: 'ï' } },
    JSON.parse(NOTE),
    JSON.parse(NOTE),
  ]);
  expect(refusals).toEqual([]);
});

it('refuses a line and hands on the next', async () => {
  const { messages, refusals } = await through(`{"jsonrpc":"2.0","id":4,"id":4,"method":"ping"}\n${NOTE}\n`);
  expect(refusals).toMatchObject([{ error: { code: -32600 } }]);
  expect(messages).toHaveLength(1);
});

it('refuses a line above 8 MiB once, however it comes, and hands on the next', async () => {
  const part = 'x'.repeat(3_000_000);
  const { messages, refusals } = await through(part, part, part, `\n${NOTE}\n`);
  expect(refusals).toEqual([
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: -32600, message: 'A message may have at most 8388608 bytes.' },
    },
  ]);
  expect(messages).toHaveLength(1);
});

it.each(['its input ends', 'it is stopped', 'its input breaks'])(
  'waits for the answer that is still to come when %s',
  async (when) => {
    const { input, transport, stop, closed, messages, written } = await open();
    let isClosed = false;
    const ended = closed.finally(() => {
      isClosed = true;
    });
    input.write(`${PING}\n`);
    await expect.poll(() => messages).toHaveLength(1);
    if (when === 'its input ends') input.end();
    else if (when === 'it is stopped') stop();
    else input.destroy(new Error('pipe broke'));
    await tick();
    expect(isClosed).toBe(false);
    await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
    await ended;
    expect(await written()).toEqual(['{"jsonrpc":"2.0","id":1,"result":{}}']);
  },
);
