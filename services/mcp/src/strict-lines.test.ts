import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createStrictLines } from './strict-lines.ts';
import type { Refusal } from './strict-message.ts';

const PING = '{"jsonrpc":"2.0", "id":1, "method":"ping"}';

/** What comes out for these chunks, and what was refused. */
async function through(...chunks: (string | Buffer)[]) {
  const refusals: Refusal[] = [];
  const accepted: unknown[] = [];
  const lines = createStrictLines({
    accepted: (message) => accepted.push(message),
    refused: (refusal) => refusals.push(refusal),
    ending: () => Promise.resolve(),
  });
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return { out: await text(lines), refusals, accepted };
}

it('passes a message byte for byte, wherever the chunks are cut', async () => {
  const line = PING.replace('ping', 'pïng');
  const bytes = Buffer.from(`${line}\n${line}\r\n`);
  const { out, accepted, refusals } = await through(...Array.from(bytes, (byte) => Buffer.of(byte)));
  expect(out).toBe(`${line}\n${line}\r\n`);
  expect(accepted).toHaveLength(2);
  expect(refusals).toEqual([]);
});

it('passes a last line without a newline, and no empty ones', async () => {
  expect((await through('\n\r\n', PING)).out).toBe(`${PING}\n`);
});

it('refuses a line and passes the next', async () => {
  const { out, refusals } = await through(`{"jsonrpc":"2.0","id":4,"id":4,"method":"ping"}\n${PING}\n`);
  expect(refusals).toMatchObject([{ id: 4, error: { code: -32600 } }]);
  expect(out).toBe(`${PING}\n`);
});

it('refuses a line above 1 MiB once, however it comes, and passes the next', async () => {
  const part = 'x'.repeat(700_000);
  const { out, refusals } = await through(part, part, part, `\n${PING}\n`);
  expect(refusals).toMatchObject([
    { id: null, error: { code: -32600, message: 'A message may have at most 1048576 bytes.' } },
  ]);
  expect(out).toBe(`${PING}\n`);
});
