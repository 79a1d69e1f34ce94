import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AskUpstream } from '@aegis/firewall/gate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeGate } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-relay-ends-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a server that ends ends the connection, and its gate is closed', async () => {
  const gate = fakeGate();
  expect(await (await wrapped({ gate, server: ['exit', '42'] })).exit).toBe(42);
  expect(gate.isClosed()).toBe(true);
});

test('a server that dies in the middle of an answer: the client gets an error, the record a loss', async () => {
  const gate = fakeGate();
  const { say, nextMessages, next, exit, complaints } = await wrapped({ gate, server: ['midline'] });
  say(call(1));
  expect(await nextMessages(1)).toEqual([
    { jsonrpc: '2.0', id: 1, result: { lost: 'The MCP server ended with exit code 3 before it answered.' } },
  ]);
  expect(await exit).toBe(3);
  expect([gate.ends, await next()]).toEqual([['1 lost'], undefined]);
  expect(complaints).toEqual([
    'aegis: A message of the server was dropped: The server ended in the middle of it.',
  ]);
});

test('a server that dies: what is judged or held ends too, with an error for the client', async () => {
  const aborted: unknown[] = [];
  const gate = fakeGate(async ({ id, text }, { signal, held }) => {
    if (id === 'dies') return { type: 'forward', text };
    if (id === 'held') held();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    aborted.push(id);
    return { type: 'nothing' };
  });
  const { say, nextMessages, exit } = await wrapped({ gate, server: ['midline'] });
  say(call('judged'), call('held'), call('dies'));
  const answers = await nextMessages(3);
  expect(answers.map(({ id, error }) => [id, Object(error).code])).toEqual([
    ['dies', undefined],
    ['judged', -32_000],
    ['held', -32_000],
  ]);
  await exit;
  expect(aborted).toEqual(['judged', 'held']);
});

test('what the firewall itself asks a server that dies is answered too', async () => {
  let ask: AskUpstream | undefined;
  const gate = fakeGate(async () => {
    const why = await ask?.('tools/list', {}, new AbortController().signal).catch(String);
    return { type: 'answer', text: JSON.stringify({ why }) };
  });
  const { say, nextMessages } = await wrapped({ gate: (of) => ((ask = of), gate), server: ['midline'] });
  say(call(1));
  expect(await nextMessages(1)).toEqual([
    { why: 'Error: The MCP server ended with exit code 3 before it answered.' },
  ]);
});

test('a client that says no more still gets the answers, and the server ends as it likes', async () => {
  const { say, end, nextMessages, next, exit } = await wrapped({ gate: fakeGate(), server: ['echo'] });
  say(call(1), call(2));
  end();
  expect((await nextMessages(2)).map(({ id }) => id)).toEqual([1, 2]);
  expect([await next(), await exit]).toEqual([undefined, 0]);
});

/** A call that waits for a person, and a promise of when it does. */
function heldCall() {
  const held = Promise.withResolvers<void>();
  const gate = fakeGate(async (_, circumstances) => {
    circumstances.held();
    held.resolve();
    await new Promise((resolve) => circumstances.signal.addEventListener('abort', resolve));
    // A gate may be as late as this: what it lets through then goes nowhere.
    return { type: 'forward', text: '{"late":true}' };
  });
  return { gate, held: held.promise };
}

test.each(['end', 'hangUp', 'crash'] as const)(
  'a call that is held when the client or its relay goes never runs (%s)',
  async (leave) => {
    const file = join(folder, `held-${leave}`);
    const { gate, held } = heldCall();
    const relay = await wrapped({ gate, server: ['tee', file] });
    relay.say(call(1));
    await held;
    relay[leave]();
    await relay.exit;
    await expect.poll(() => gate.isClosed()).toBe(true);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  },
);

test('a call that the server has when the relay crashes is a loss on record, once', async () => {
  const gate = fakeGate();
  const { say, nextMessages, crash } = await wrapped({ gate, server: ['asks-never'] });
  say(call(1), { jsonrpc: '2.0', id: 2, method: 'ping' });
  await nextMessages(1);
  crash();
  await expect.poll(() => gate.isClosed()).toBe(true);
  expect(gate.ends).toEqual(['2 response', '1 lost']);
});

test('a client that hangs up waits for nothing: the server is told that no more comes', async () => {
  const { say, nextMessages, hangUp, exit } = await wrapped({ gate: fakeGate(), server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  hangUp();
  expect(await exit).toBe(0);
});

test('each line of the client is answered, or done, once', async () => {
  const { say, write, next, end, exit, lines } = await wrapped({ gate: fakeGate(), server: ['late'] });
  write('\n\r\nnonsense\n');
  say({ jsonrpc: '2.0', method: 'notifications/x' }, call(1));
  await next();
  await next();
  say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await next();
  write('{"jsonrpc":"2.0","id":"nobody","result":{}}');
  end();
  await exit;
  expect(lines.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('who the client is is known after a restart too, and nobody is told again', async () => {
  const seen: unknown[] = [];
  const gate = fakeGate(({ method, text }) => (seen.push(method), { type: 'forward', text }));
  const initialize = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"c"}}}';
  const { say, nextMessages } = await wrapped({ gate, server: ['echo'], hello: { initialize } });
  say(call(0));
  expect(await nextMessages(1)).toMatchObject([{ id: 0, result: { line: JSON.stringify(call(0)) } }]);
  expect(seen).toEqual(['initialize', 'tools/call']);
});
