import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MAX_IN_FLIGHT } from '@aegis/firewall/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeGate } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

const MEBIBYTE = 1_048_576;
const LIMIT = 16 * MEBIBYTE;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-wrap-limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a server that floods waits for a slow client, and nothing is lost', async () => {
  const file = join(folder, 'flood');
  const { output, end, exit } = await wrapped({
    gate: fakeGate(),
    server: ['flood', file],
    readsLines: false,
  });
  let most = 0;
  let count = 0;
  let aheadBytes = 0;
  for await (const line of createInterface({ input: output })) {
    const { params } = JSON.parse(line) as { params: { count: number } };
    expect(params.count).toBe(++count);
    most = Math.max(most, output.writableLength + output.readableLength);
    if (count % 500 === 0) {
      await new Promise((turn) => setTimeout(turn, 20));
      aheadBytes = Math.max(aheadBytes, (Number(await readFile(file, 'utf8')) - count) * 16_000);
    }
    if (count === 4_000) end();
  }
  expect(await exit).toBe(0);
  expect(count).toBe(4_000);
  expect(most).toBeLessThan(MEBIBYTE);
  expect(aheadBytes).toBeLessThan(4 * MEBIBYTE);
});

test('a client that floods waits for a slow server, and nothing is lost', async () => {
  const { input, write, end, nextMessages } = await wrapped({ gate: fakeGate(), server: ['slow'] });
  const line = `{"jsonrpc":"2.0","method":"notifications/x","params":{"filler":"${'x'.repeat(16_000)}"}}\n`;
  let most = 0;
  for (let i = 0; i < 1_000; i++) {
    if (!write(line)) await new Promise((drained) => input.once('drain', drained));
    most = Math.max(most, input.writableLength + input.readableLength);
  }
  end();
  expect(await nextMessages(1)).toMatchObject([{ params: { bytes: 1_000 * line.length } }]);
  expect(most).toBeLessThan(MEBIBYTE);
});

test('a line of exactly 16 MiB passes both ways; one byte more is refused, of the server with its size', async () => {
  const gate = fakeGate();
  const { say, next, write, nextMessages } = await wrapped({ gate, server: ['large'] });
  const empty = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: { bytes: LIMIT, filler: '' } });
  const full = empty.replace('""', `"${'x'.repeat(LIMIT - empty.length)}"`);
  say(full);
  expect((await next())?.length).toBe(LIMIT);
  write(`${full.replace('"x', '"xx')}\n`);
  expect(await nextMessages(1)).toMatchObject([{ id: null, error: { code: -32_600 } }]);
  say({ jsonrpc: '2.0', id: 2, method: 'x', params: { bytes: LIMIT + 1 } });
  say({ jsonrpc: '2.0', id: 3, method: 'x', params: { bytes: 100 } });
  const tooLong = `the message has ${LIMIT + 2} bytes, more than the ${LIMIT} that one may have`;
  expect(await nextMessages(2)).toMatchObject([
    { id: 2, result: { lost: expect.stringContaining(tooLong) } },
    { id: 3, result: { text: expect.any(String) } },
  ]);
  expect(gate.refusals).toEqual(['A message may have at most 16 MiB.']);
});

test('an id that is in flight is refused, also where another reader would take it for the same', async () => {
  const gate = fakeGate();
  const { say, nextMessages } = await wrapped({ gate, server: ['never'] });
  say(call(1), call(1), call('1'));
  expect(await nextMessages(2)).toMatchObject([
    { id: 1, error: { code: -32_600 } },
    { id: '1', error: { code: -32_600 } },
  ]);
  expect(gate.refusals).toHaveLength(2);
});

test('too many requests in flight are answered, and pings of a server that answers go on', async () => {
  const { say, nextMessages } = await wrapped({ gate: fakeGate(), server: ['never'] });
  const calls = Array.from({ length: MAX_IN_FLIGHT + 2 }, (_, i) => call(i));
  say(...calls);
  const answers = await nextMessages(2);
  expect(answers.map(({ id }) => id)).toEqual([MAX_IN_FLIGHT, MAX_IN_FLIGHT + 1]);
});

test('a client that cancels what is never answered does not run out of requests', async () => {
  const gate = fakeGate();
  const { say, nextMessages } = await wrapped({ gate, server: ['asks-never'] });
  for (let i = 0; i < 3 * MAX_IN_FLIGHT; i++) {
    say(call(i), { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: i } });
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  say({ jsonrpc: '2.0', id: 'last', method: 'ping' });
  expect(await nextMessages(1)).toMatchObject([{ id: 'last', result: {} }]);
  expect(new Set(gate.ends).size).toBe(gate.ends.length);
});

test('a server that takes its questions back, or gets no answer to them, still gets the answers to new ones', async () => {
  const { say, nextMessages } = await wrapped({ gate: fakeGate(), server: ['asks-much'] });
  say(call(1));
  const asked = await nextMessages(MAX_IN_FLIGHT + 2);
  expect(asked.at(-2)).toMatchObject({ id: 'ask-last' });
  say({ jsonrpc: '2.0', id: 'ask-last', result: { roots: [] } });
  expect(await nextMessages(1)).toMatchObject([{ method: 'notifications/got', params: { id: 'ask-last' } }]);
});

test('calls that wait for a decision may not have more than 64 MiB together', async () => {
  const gate = fakeGate((_, { held }) => (held(), new Promise(() => undefined)));
  const { say, nextMessages } = await wrapped({
    gate,
    server: ['echo'],
    answersMs: 100,
  });
  for (let id = 0; id < 9; id++) say(call(id, 'tool', { filler: 'x'.repeat(8 * MEBIBYTE - 1_000) }));
  expect(await nextMessages(1)).toMatchObject([{ id: 8, error: { code: -32_600 } }]);
});

test('a server that answers twice, or to an id that nobody asked under, is not believed', async () => {
  const twice = await wrapped({ gate: fakeGate(), server: ['twice'] });
  twice.say(call(1), call(2));
  expect(await twice.nextMessages(2)).toMatchObject([
    { id: 1, result: { time: 1 } },
    { id: 2, result: { time: 1 } },
  ]);
  const odd = await wrapped({ gate: fakeGate(), server: ['odd'] });
  odd.say(call(1), call(2));
  expect(await odd.nextMessages(2)).toMatchObject([
    { id: 1, result: { right: true } },
    { id: 2, result: { right: true } },
  ]);
});

test('nonsense of a server is dropped, and the connection goes on', async () => {
  const { say, nextMessages } = await wrapped({ gate: fakeGate(), server: ['nonsense'] });
  say(call(1));
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
});
