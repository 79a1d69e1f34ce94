import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FakeFirewallOptions, fakeFirewall } from './testkit/fake-firewall.ts';
import { call, wrapped } from './testkit/wrapped.ts';

const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}';
const textOf = ({ result, error }: Record<string, unknown>): unknown =>
  error === undefined ? Object(result).content[0].text : Object(error).message;

test('what was asked when the firewall went away is answered: nobody knows how it ended', async () => {
  const { env, kill, clientLines } = await fakeFirewall({ judge: () => undefined });
  const { say, nextMessages } = wrapped({ env, server: ['echo'] });
  const filler = 'x'.repeat(10_000);
  say(call(1), { jsonrpc: '2.0', id: 'r', method: 'resources/read', params: { uri: 'a:b', filler } });
  say({ jsonrpc: '2.0', method: 'notifications/x' }, { jsonrpc: '2.0', id: 9, result: {} }, 'no JSON');
  const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }, name: 'x' };
  say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: modern });
  await expect.poll(() => clientLines.length).toBe(6);
  await kill();
  const [first, second, third] = await nextMessages(3);
  expect(first).toMatchObject({ id: 1, result: { isError: true } });
  expect(textOf(first ?? {})).toMatch(/^Nobody knows how this call ended .*: it may have run/);
  expect(second).toMatchObject({ id: 'r', error: { code: -32_010 } });
  expect(textOf(second ?? {})).toMatch(/^Nobody knows how this call ended/);
  expect(third).toMatchObject({ id: 2, result: { isError: true, resultType: 'complete' } });
});

test('without the firewall each request is denied, nothing reaches the server, and nothing of it the client', async () => {
  const { env, dataDir, kill, start, hellos, side } = await fakeFirewall();
  const file = join(dataDir, 'tee');
  const { say, said, nextMessages } = wrapped({ env, server: ['tee', file] });
  say(INITIALIZE);
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('initialize');
  side().toClient('{"jsonrpc":"2.0","id":0,"result":{}}\n', 1);
  await nextMessages(1);
  await kill();
  await expect
    .poll(() => said)
    .toEqual([
      'The firewall is away: each call is denied until it is back; "aegis up --background" starts it.',
    ]);
  say(call(1), { jsonrpc: '2.0', method: 'notifications/x' }, { jsonrpc: '2.0', id: 2, method: 'ping' });
  const [first, second] = await nextMessages(2);
  expect(first).toMatchObject({ id: 1, result: { isError: true } });
  expect(textOf(first ?? {})).toBe(
    "AegisMCP can't decide now: the firewall is away; the call was not sent, so try again in a moment.",
  );
  expect(second).toMatchObject({ id: 2, error: { code: -32_010 } });
  await start();
  await expect.poll(() => said.at(-1)).toBe('The firewall is back.');
  expect(hellos.at(-1)?.initialize).toBe(INITIALIZE);
  say(call(3));
  await expect.poll(() => readFile(file, 'utf8')).toBe(`${INITIALIZE}\n${JSON.stringify(call(3))}\n`);
});

test('calls run again when it is back, and what the server said meanwhile is read by the new one', async () => {
  const { env, kill, start, side, serverLines } = await fakeFirewall();
  const { say, said, nextMessages } = wrapped({ env, server: ['says-later'] });
  say(call(1));
  await nextMessages(1);
  side().toServer('{"jsonrpc":"2.0","method":"notifications/later"}\n');
  await kill();
  await expect.poll(() => said).toHaveLength(1);
  // The server says it now, and nobody may pass it on.
  await new Promise((turn) => setTimeout(turn, 400));
  expect(serverLines).toHaveLength(1);
  await start();
  await expect.poll(() => serverLines.at(-1)).toContain('notifications/later');
  say(call(2));
  expect(await nextMessages(2)).toMatchObject([{ method: 'notifications/later' }, { id: 2 }]);
});

test('half a line is nobody’s: not of the client, not of the server, not of the firewall', async () => {
  const { env, dataDir, kill, start, side, clientLines } = await fakeFirewall();
  const file = join(dataDir, 'tee');
  const { write, say, said, nextMessages } = wrapped({ env, server: ['tee', file] });
  const first = '{"jsonrpc":"2.0","method":"notifications/first"}';
  const second = '{"jsonrpc":"2.0","method":"notifications/second"}';
  say(first);
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('first');
  side().toServer('{"jsonrpc":"2.0","id":1,"method":"tools/call","par');
  side().toClient('{"jsonrpc":"2.0","id":1,"resu');
  write('{"jsonrpc":"2.0","method":"notif');
  await new Promise((turn) => setTimeout(turn, 100));
  await kill();
  await expect.poll(() => said).toHaveLength(1);
  await start();
  await expect.poll(() => said).toHaveLength(2);
  write('ications/second"}\n');
  await expect.poll(() => clientLines.at(-1)).toBe(`${second}\n`);
  await expect.poll(() => readFile(file, 'utf8')).toBe(`${first}\n${second}\n`);
  side().toClient('{"jsonrpc":"2.0","method":"notifications/after"}\n');
  expect(await nextMessages(1)).toMatchObject([{ method: 'notifications/after' }]);
});

test('the rest of a line of the server, which only the old firewall has the beginning of, goes to nobody', async () => {
  const { env, kill, start, serverBytes, serverLines } = await fakeFirewall();
  const { say, said, nextMessages } = wrapped({ env, server: ['halves'] });
  say(call(1));
  await expect.poll(() => serverBytes()).toBe('{"half":'.length);
  await kill();
  await expect.poll(() => said).toHaveLength(1);
  await start();
  await expect.poll(() => said).toHaveLength(2);
  await nextMessages(1);
  // The server ends its line, which is a message by itself to who has not read its beginning.
  say({ jsonrpc: '2.0', method: 'notifications/go-on' }, call(2));
  await expect.poll(() => serverLines.length).toBeGreaterThan(0);
  expect(serverLines.join('')).not.toContain('smuggled');
});

test('a client that ends while the firewall is away ends the server too', async () => {
  const { env, kill } = await fakeFirewall();
  const { say, end, said, nextMessages, exit } = wrapped({ env, server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  await kill();
  await expect.poll(() => said).toHaveLength(1);
  end();
  expect(await exit).toEqual({ type: 'code', code: 0 });
});

test('a server that ends while the firewall is away ends it as it would', async () => {
  const { env, kill, side } = await fakeFirewall();
  const { say, said, nextMessages, exit } = wrapped({ env, server: ['exits-later'] });
  say(call(1));
  await nextMessages(1);
  side().toServer('{"jsonrpc":"2.0","method":"notifications/exit"}\n');
  await kill();
  await expect.poll(() => said).toHaveLength(1);
  expect(await exit).toEqual({ type: 'code', code: 5 });
});

test('an agent whose key is taken away is denied with the reason, and goes on where it is let in again', async () => {
  const options: FakeFirewallOptions = {};
  const { env, side } = await fakeFirewall(options);
  const { say, said, nextMessages } = wrapped({ env, server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  options.refuses = { status: 401, detail: 'The key is not known, or no longer good.' };
  const { channel } = side();
  channel.send('f', JSON.stringify({ detail: 'The key is no longer good.', exit_code: 1, refused: true }));
  channel.end();
  await expect.poll(() => said).toHaveLength(1);
  say(call(2), { jsonrpc: '2.0', id: 3, method: 'ping' });
  const [denied, other] = await nextMessages(2);
  expect(denied).toMatchObject({ id: 2, result: { isError: true } });
  for (const one of [denied, other]) {
    expect(textOf(one ?? {})).toMatch(/^AegisMCP did not send this call\. .*no longer good\.$/);
  }
  delete options.refuses;
  await expect.poll(() => said.at(-1), { timeout: 10_000 }).toBe('The firewall is back.');
  expect(said).toEqual([
    'The key is no longer good. Each call is denied until then.',
    'The firewall is back.',
  ]);
  say(call(4));
  expect(await nextMessages(1)).toMatchObject([{ id: 4 }]);
});
