import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { AskUpstream, Circumstances } from '@aegis/firewall/gate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeGate, passAll } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-wrap-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What clients of both eras may say, written as no library would write it. */
const CLIENT_LINES = [
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"é\u{1f600}","version":"1"}}}\n',
  '  { "params" : { "_meta" : { "io.modelcontextprotocol/protocolVersion" : "2026-07-28" } } ,\t"id":"a\u2028b","jsonrpc":"2.0" , "method":"server/discover" }\r\n',
  '{"jsonrpc":"2.0","method":"notifications/initialized"}\n',
  '{"jsonrpc":"2.0","id":-7,"method":"x-vendor/no_sdk.knows-this","params":{"n":9007199254740993,"f":1e400,"s":"\\u0041\\/"}}\n',
  '{"extra":[1,{"deep":null}],"jsonrpc":"2.0","id":"","method":"ping"}\n',
  '{"jsonrpc":"2.0","method":"notifications/unheard_of","params":{"a":1.0}}   \n',
];

/** What servers may say, on top of that. */
const SERVER_LINES = [
  '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1.50}}\n',
  '\t{ "jsonrpc":"2.0" ,"id":"s-1","method":"sampling/createMessage","params":{"big":123456789012345678901234567890}}\r\n',
  '{"jsonrpc":"2.0","id":0,"method":"vendor/unknown","params":{"emoji":"\u{1f9ea}","esc":"\\u00e9"}}\n',
];

test('what is not judged reaches the server byte for byte, with its line endings, in both eras', async () => {
  const file = join(folder, 'tee');
  const { write, end, exit } = await wrapped({ gate: fakeGate(), server: ['tee', file] });
  for (const line of CLIENT_LINES) write(line);
  end();
  expect(await exit).toBe(0);
  expect(await readFile(file, 'utf8')).toBe(CLIENT_LINES.join(''));
});

test('bytes that come one at a time are the same message', async () => {
  const file = join(folder, 'tee-bytes');
  const { write, end, exit } = await wrapped({ gate: fakeGate(), server: ['tee', file] });
  for (const byte of Buffer.from(CLIENT_LINES.join(''))) write(Buffer.of(byte));
  end();
  await exit;
  expect(await readFile(file, 'utf8')).toBe(CLIENT_LINES.join(''));
});

test('what the server says reaches the client byte for byte', async () => {
  const file = join(folder, 'say');
  await writeFile(file, SERVER_LINES.join(''));
  const { output, end, exit } = await wrapped({ gate: fakeGate(), server: ['say', file], readsLines: false });
  const got = buffer(output);
  end();
  await exit;
  expect((await got).toString()).toBe(SERVER_LINES.join(''));
});

test('a call that is denied gets its answer, and the server sees nothing of it', async () => {
  const file = join(folder, 'denied');
  const gate = fakeGate((request) =>
    request.method === 'tools/call' ? { type: 'answer', text: '{"no":true}' } : passAll(request, never),
  );
  const { say, next, end, exit } = await wrapped({ gate, server: ['tee', file] });
  const ping = '{"jsonrpc":"2.0","id":2,"method":"ping"}';
  say(call(1), ping);
  expect(await next()).toBe('{"no":true}');
  end();
  await exit;
  expect(await readFile(file, 'utf8')).toBe(`${ping}\n`);
});

const never = undefined as unknown as Circumstances;

test('what the gate edits goes as the gate wrote it, both ways', async () => {
  const gate = fakeGate(({ text }) => ({
    type: 'forward',
    text: text.replace('"tool"', '"TOOL"'),
    ended: (end) => (end.type === 'response' ? end.response.text.replace('TOOL', 'edited') : ''),
  }));
  const { say, next } = await wrapped({ gate, server: ['echo'] });
  say('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"tool"}}');
  expect(await next()).toContain('\\"name\\":\\"edited\\"');
});

test('a message that readers could read differently is refused and answered, and the connection goes on', async () => {
  const gate = fakeGate();
  const { write, nextMessages } = await wrapped({ gate, server: ['echo'] });
  write('{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}\n');
  write('[{"jsonrpc":"2.0","id":2,"method":"ping"}]\n');
  write(Buffer.from([0xff, 0x0a]));
  write('{"jsonrpc":"2.0","id":3,"method":"ping"}\n');
  const answers = await nextMessages(4);
  expect(answers.map((answer) => ('error' in answer ? 'error' : answer['id']))).toEqual([
    'error',
    'error',
    'error',
    3,
  ]);
  expect(gate.refusals).toHaveLength(3);
});

test('calls keep their order, however long each decision takes', async () => {
  const waits = new Map([
    [1, 60],
    [2, 0],
    [3, 20],
  ]);
  const gate = fakeGate(async ({ id, text }) => {
    await new Promise((decided) => setTimeout(decided, waits.get(Number(id))));
    return { type: 'forward', text };
  });
  const { say, nextMessages } = await wrapped({ gate, server: ['echo'] });
  say(call(1), call(2), { jsonrpc: '2.0', method: 'notifications/between' }, call(3));
  expect((await nextMessages(3)).map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('nothing waits behind a call that is held for a person, and it runs once when it is approved', async () => {
  const approved = Promise.withResolvers<void>();
  const gate = fakeGate(async ({ id, text }, { held, notify }) => {
    if (id === 1) {
      held();
      notify('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}');
      await approved.promise;
    }
    return { type: 'forward', text };
  });
  const { say, nextMessages } = await wrapped({ gate, server: ['echo'] });
  say(call(1), call(2));
  expect(await nextMessages(2)).toMatchObject([{ method: 'notifications/progress' }, { id: 2 }]);
  approved.resolve();
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
  expect(gate.ends).toEqual(['2 response', '1 response']);
});

test('nothing waits for ever behind a decision that never comes', async () => {
  const gate = fakeGate(({ id, text }) =>
    id === 1 ? new Promise(() => undefined) : { type: 'forward', text },
  );
  const { say, nextMessages } = await wrapped({ gate, server: ['echo'], answersMs: 100 });
  say(call(1), call(2));
  expect(await nextMessages(1)).toMatchObject([{ id: 2 }]);
});

const cancelled = (requestId: string | number) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

/** Judged for as long as nobody cancels; then the gate says what it is told to say. */
const untilCancelled = (then: 'forward' | 'nothing') =>
  fakeGate(async ({ id, text }, { signal }) => {
    if (id !== 1) return { type: 'forward', text };
    await new Promise((aborted) => signal.addEventListener('abort', aborted));
    return then === 'forward' ? { type: 'forward', text } : { type: 'nothing' };
  });

test.each(['forward', 'nothing'] as const)(
  'a call that is cancelled while it is judged never reaches the server, nor does its cancellation (%s)',
  async (then) => {
    const file = join(folder, `cancelled-${then}`);
    const gate = untilCancelled(then);
    const { say, end, exit } = await wrapped({ gate, server: ['tee', file] });
    say(call(1), cancelled(1), call(2));
    end();
    await exit;
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(call(2))}\n`);
    expect(gate.ends).toEqual(then === 'forward' ? ['1 lost', '2 lost'] : ['2 lost']);
  },
);

test('a call that waits is cancelled under its id, in whatever type that is written', async () => {
  const aborted: unknown[] = [];
  const gate = fakeGate((request, { signal }) => {
    if (request.id === 'now')
      return passAll(request, { signal, notify: () => undefined, held: () => undefined });
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted.push(request.id);
        resolve({ type: 'nothing' });
      });
    });
  });
  const { say, nextMessages } = await wrapped({ gate, server: ['echo'] });
  say(call(1), call('2'), cancelled('1'), cancelled(2), cancelled('3'), call('now'));
  expect(await nextMessages(1)).toMatchObject([{ id: 'now' }]);
  expect(aborted).toEqual([1, '2']);
});

test('the cancellation of a call that the server has reaches it, and its late answer still passes', async () => {
  const gate = fakeGate();
  const { say, nextMessages } = await wrapped({ gate, server: ['late'] });
  say(call(1));
  expect(await nextMessages(1)).toMatchObject([{ method: 'notifications/heard' }]);
  say(cancelled(1));
  expect(await nextMessages(1)).toMatchObject([{ id: 1, result: { late: true } }]);
  expect(gate.ends).toEqual(['1 response']);
});

test('the firewall asks the server under an id of its own, and the client sees nothing of it', async () => {
  let ask: AskUpstream | undefined;
  const gate = fakeGate(async ({ text }) => {
    const signal = AbortSignal.timeout(10_000);
    const answer = (await ask?.('tools/list', { cursor: 'c' }, signal)) as { line: string };
    return {
      type: 'forward',
      text: text.replace('"tool"', answer.line.includes('cursor') ? '"asked"' : '""'),
    };
  });
  const { say, next } = await wrapped({
    gate(askUpstream) {
      ask = askUpstream;
      return gate;
    },
    server: ['echo'],
  });
  say(call(1));
  const [only, ...more] = [await next()];
  expect(only).toContain('asked');
  expect(more).toEqual([]);
});

test('a client answers what the server asked, once, as far as the gate lets it pass, and nothing else', async () => {
  const gate = fakeGate();
  const { say, nextMessages } = await wrapped({ gate, server: ['asks'] });
  const answer = { jsonrpc: '2.0', id: 'ask-1', result: { roots: ['mallory'] } };
  say(answer, call(1));
  expect(await nextMessages(2)).toMatchObject([{ id: 'ask-1', method: 'roots/list' }, { id: 1 }]);
  say(answer, answer, call(2));
  const rest = await nextMessages(3);
  expect(rest.map(({ method, id }) => method ?? id)).toEqual(['notifications/got', 'roots/list', 2]);
  expect(rest[0]?.['params']).toMatchObject({ said: { result: { roots: ['nobody'] } } });
  expect(gate.refusals).toHaveLength(2);
});

test('what the gate does not let a server ask is answered here, and the client never sees it', async () => {
  const gate = fakeGate(passAll, { refuses: ({ method }) => method === 'roots/list' });
  const { say, nextMessages } = await wrapped({ gate, server: ['asks'] });
  say(call(1));
  const messages = await nextMessages(2);
  expect(new Set(messages.map(({ method, id }) => method ?? id))).toEqual(new Set([1, 'notifications/got']));
  expect(JSON.stringify(messages)).toContain('-32010');
  say({ jsonrpc: '2.0', id: 'ask-1', result: { roots: [] } }, call(2));
  await nextMessages(2);
  expect(gate.refusals).toHaveLength(1);
});

test('notifications that the gate drops go nowhere, whoever sends them', async () => {
  const gate = fakeGate(passAll, { drops: ({ method }) => method === 'notifications/drop' });
  const file = join(folder, 'drop');
  await writeFile(file, '{"jsonrpc":"2.0","method":"notifications/drop"}\n');
  const { say, nextMessages } = await wrapped({ gate, server: ['say', file] });
  say({ jsonrpc: '2.0', method: 'notifications/drop' }, call(1));
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
});
