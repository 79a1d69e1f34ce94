import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fakeFirewall } from './testkit/fake-firewall.ts';
import { call, wrapped } from './testkit/wrapped.ts';

type MockResult = { readonly calls: unknown[][]; readonly invocationCallOrder: number[] };

const isAnswer = ([bytes]: readonly unknown[]): boolean => String(bytes).includes('"result"');
const orderOf = ({ mock }: { mock: MockResult }) => mock.invocationCallOrder[mock.calls.findIndex(isAnswer)];

const MEBIBYTE = 1_048_576;

/** Written as no library would write it. */
const LINES = [
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"clientInfo":{"name":"é\u{1f600}"}}}\n',
  '  { "id":"a\u2028b","jsonrpc":"2.0" , "method":"server/discover" }\r\n',
  '{"jsonrpc":"2.0","id":-7,"method":"x","params":{"n":9007199254740993,"f":1e400,"s":"\\u0041\\/"}}\n',
  '{"jsonrpc":"2.0","method":"notifications/unheard_of","params":{"a":1.0}}   \n',
];

test('what the client says reaches the firewall byte for byte, and what the firewall says the server', async () => {
  const { env, dataDir, clientLines } = await fakeFirewall();
  const file = join(dataDir, 'tee');
  const { write, end, exit } = wrapped({ env, server: ['tee', file] });
  for (const line of LINES) for (const byte of Buffer.from(line)) write(Buffer.of(byte));
  write('{"jsonrpc":"2.0","method":"notifications/last"}');
  end();
  expect(await exit).toEqual({ type: 'code', code: 0 });
  expect(clientLines).toEqual(LINES);
  expect(await readFile(file, 'utf8')).toBe(LINES.join(''));
});

test('a last line without an ending, which the firewall forwards, reaches the server so', async () => {
  const { env, dataDir, side } = await fakeFirewall();
  const file = join(dataDir, 'tee');
  const { write, end, exit } = wrapped({ env, server: ['tee', file] });
  write(LINES[3] as string);
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe(LINES[3]);
  side().toServer('{"last":');
  side().toServer('true}');
  end();
  expect(await exit).toEqual({ type: 'code', code: 0 });
  expect(await readFile(file, 'utf8')).toBe(`${LINES[3]}{"last":true}`);
});

test('what the server says reaches the client byte for byte', async () => {
  const { env, dataDir } = await fakeFirewall();
  const file = join(dataDir, 'says');
  await writeFile(file, LINES.join(''));
  const { output, end, exit } = wrapped({ env, server: ['say', file], readsLines: false });
  end();
  expect((await buffer(output)).toString()).toBe(LINES.join(''));
  expect(await exit).toEqual({ type: 'code', code: 0 });
});

test('a message of 16 MiB passes both ways', async () => {
  const { env } = await fakeFirewall();
  const { say, next } = wrapped({ env, server: ['echo'] });
  const filler = randomBytes(6 * MEBIBYTE).toString('hex');
  const line = JSON.stringify(call(1, 'tool', { filler }));
  say(line);
  const answer = JSON.parse((await next()) as string) as { result: { line: string } };
  expect(answer.result.line === line).toBe(true);
});

test('an answer that the firewall lets pass is with the client at once and once, and the firewall gets it too', async () => {
  const { env, serverLines, marks } = await fakeFirewall({
    judge(line, n, { toServer, channel }) {
      channel.send('p', JSON.stringify((JSON.parse(line) as { id: unknown }).id), n);
      toServer(line);
    },
  });
  const { say, nextMessages, end, exit } = wrapped({ env, server: ['echo'] });
  for (const id of [1, 'two', 3]) {
    say(call(id));
    expect(await nextMessages(1)).toMatchObject([{ id }]);
  }
  end();
  expect(await exit).toEqual({ type: 'code', code: 0 });
  expect(await nextMessages(1)).toEqual([]);
  expect(marks.filter((mark) => mark.startsWith('S'))).toEqual(['S1', 'S2', 'S3']);
  expect(serverLines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual([1, 'two', 3]);
});

test('an answer is on its way to the firewall before the client has it, so that none is unknown that a client got', async () => {
  const { env } = await fakeFirewall({
    judge(line, n, { toServer, channel }) {
      channel.send('p', JSON.stringify((JSON.parse(line) as { id: unknown }).id), n);
      toServer(line);
    },
  });
  const { say, nextMessages, output } = wrapped({ env, server: ['echo'] });
  const [toSockets, toClient] = [vi.spyOn(Socket.prototype, 'write'), vi.spyOn(output, 'write')];
  onTestFinished(() => toSockets.mockRestore());
  say(call('the-answer'));
  await nextMessages(1);
  expect(orderOf(toSockets)).toBeLessThan(orderOf(toClient) ?? 0);
});

test('the firewall is told what the command line said, and the folders that are the server’s', async () => {
  const { env, hellos } = await fakeFirewall();
  const { say, nextMessages } = wrapped({ env, server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  expect(hellos).toEqual([
    {
      mode: 'wrap',
      server: 'srv',
      hold_ms: 50_000,
      record: 'redacted',
      show_denied: false,
      record_in_background: false,
      folders: [process.cwd(), join(process.cwd(), 'echo')],
    },
  ]);
});

test('a server that floods waits for a slow client, and nothing is lost', async () => {
  const { env, dataDir } = await fakeFirewall();
  const file = join(dataDir, 'flood');
  const { output, end, exit } = wrapped({ env, server: ['flood', file], readsLines: false });
  let [count, aheadBytes, most, rest] = [0, 0, 0, ''];
  for await (const chunk of output) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ params: { count: ++count } });
    most = Math.max(most, output.writableLength + output.readableLength);
    if (count % 50 === 0) {
      await new Promise((turn) => setTimeout(turn, 20));
      aheadBytes = Math.max(aheadBytes, (Number(await readFile(file, 'utf8')) - count) * 16_000);
    }
    if (count === 4_000) end();
  }
  expect(await exit).toEqual({ type: 'code', code: 0 });
  expect(count).toBe(4_000);
  expect(most).toBeLessThan(2 * MEBIBYTE);
  expect(aheadBytes).toBeLessThan(8 * MEBIBYTE);
});

test('a client that floods waits for a slow server, and nothing is lost', async () => {
  const { env } = await fakeFirewall();
  const { input, write, end, nextMessages } = wrapped({ env, server: ['slow'] });
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

test('a server that reads nothing does not hold up what it says', async () => {
  const { env, dataDir } = await fakeFirewall();
  const file = join(dataDir, 'flood');
  const { write, input, nextMessages } = wrapped({ env, server: ['flood', file] });
  // The flood says 64 MiB before it reads a word.
  const line = `{"jsonrpc":"2.0","method":"notifications/x","params":{"filler":"${'x'.repeat(64_000)}"}}\n`;
  for (let i = 0; i < 100 && write(line); i++) await new Promise(setImmediate);
  expect(input.writableLength).toBeGreaterThan(0);
  expect(await nextMessages(4_000)).toHaveLength(4_000);
});
