import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { AskUpstream } from '@aegis/firewall/gate';
import { createLogger } from '@aegis/kit/logger';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runWrap } from './run-wrap.ts';
import { fakeGate } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-wrap-ends-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([0, 1, 42])('the server that exits with %i ends it with the same code', async (code) => {
  const gate = fakeGate();
  expect(await wrapped({ gate, server: ['exit', String(code)] }).exit).toEqual({ type: 'code', code });
  expect(gate.isClosed()).toBe(true);
});

test('the server that a signal ended ends it with the same signal', async () => {
  const { exit } = wrapped({ gate: fakeGate(), server: ['kill', 'SIGKILL'] });
  expect(await exit).toEqual({ type: 'signal', signal: 'SIGKILL' });
});

test.each([
  [
    'aegis-no-such-command',
    127,
    'The command aegis-no-such-command is not found: check the name and the PATH.',
  ],
  [import.meta.filename, 126, /can't be started \(EACCES\): check that it is a program that may be run\.$/],
])(
  'a command that is none is a sentence and the exit code of a shell: %s',
  async (command, code, because) => {
    const exit = await runWrap({
      command,
      args: [],
      env: process.env,
      gateOf: () => fakeGate(),
      input: new PassThrough(),
      output: new PassThrough(),
      log: createLogger('test', 'silent'),
    });
    expect(exit).toMatchObject({
      type: 'not_started',
      code,
      because: expect.stringMatching(because) as string,
    });
  },
);

test('a firewall that is not there ends the server, which never heard a word, and is an error', async () => {
  const file = join(folder, 'no-firewall');
  const { say, exit } = wrapped({ gate: () => Promise.reject(new Error('no bus')), server: ['tee', file] });
  say(call(1));
  await expect(exit).rejects.toThrow('no bus');
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('a server that dies in the middle of an answer: the client gets an error, the record a loss', async () => {
  const gate = fakeGate();
  const { say, nextMessages, next, exit } = wrapped({ gate, server: ['midline'] });
  say(call(1));
  expect(await nextMessages(1)).toEqual([
    { jsonrpc: '2.0', id: 1, result: { lost: 'The MCP server ended with exit code 3 before it answered.' } },
  ]);
  expect(await exit).toEqual({ type: 'code', code: 3 });
  expect([gate.ends, await next()]).toEqual([['1 lost'], undefined]);
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
  const { say, nextMessages, exit } = wrapped({ gate, server: ['midline'] });
  say(call('judged'), call('held'), call('dies'));
  const answers = await nextMessages(3);
  expect(answers.map(({ id, error }) => [id, Object(error).code])).toEqual([
    ['dies', undefined],
    ['judged', -32_000],
    ['held', -32_000],
  ]);
  expect((await exit).type).toBe('code');
  expect(aborted).toEqual(['judged', 'held']);
});

test('what the firewall itself asks a server that dies is answered too', async () => {
  let ask: AskUpstream | undefined;
  const gate = fakeGate(async () => {
    const why = await ask?.('tools/list', {}, new AbortController().signal).catch(String);
    return { type: 'answer', text: JSON.stringify({ why }) };
  });
  const { say, nextMessages } = wrapped({ gate: (of) => ((ask = of), gate), server: ['midline'] });
  say(call(1));
  expect(await nextMessages(1)).toEqual([
    { why: 'Error: The MCP server ended with exit code 3 before it answered.' },
  ]);
});

test('a client that says no more still gets the answers, and the server ends as it likes', async () => {
  const { say, end, nextMessages, next, exit } = wrapped({ gate: fakeGate(), server: ['echo'] });
  say(call(1), call(2));
  end();
  expect((await nextMessages(2)).map(({ id }) => id)).toEqual([1, 2]);
  expect([await next(), await exit]).toEqual([undefined, { type: 'code', code: 0 }]);
});

test('a call that is held when the client says no more never runs', async () => {
  const file = join(folder, 'held');
  const held = Promise.withResolvers<void>();
  const gate = fakeGate(async (_, circumstances) => {
    circumstances.held();
    held.resolve();
    await new Promise((resolve) => circumstances.signal.addEventListener('abort', resolve));
    return { type: 'nothing' };
  });
  const { say, end, exit } = wrapped({ gate, server: ['tee', file] });
  say(call(1));
  await held.promise;
  end();
  expect(await exit).toEqual({ type: 'code', code: 0 });
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('a server that ignores the end of its input gets SIGTERM, then SIGKILL', async () => {
  const patience = { answersMs: 100, termMs: 100, killMs: 300 };
  const { say, nextMessages, end, exit } = wrapped({ gate: fakeGate(), server: ['stubborn'], patience });
  say(call(1));
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
  end();
  expect(await nextMessages(1)).toMatchObject([{ method: 'notifications/sigterm' }]);
  expect(await exit).toEqual({ type: 'signal', signal: 'SIGKILL' });
});

test('a server that never answers does not keep it alive once the client says no more', async () => {
  const patience = { answersMs: 100, termMs: 100, killMs: 200 };
  const { say, end, exit, nextMessages } = wrapped({ gate: fakeGate(), server: ['stubborn'], patience });
  say('{"jsonrpc":"2.0","id":1,"result":{}}', call(2));
  await nextMessages(1);
  end();
  expect((await exit).type).toBe('signal');
});

test('a client that hangs up is no crash: the server is ended', async () => {
  const { say, nextMessages, output, exit } = wrapped({ gate: fakeGate(), server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  output.destroy();
  expect(await exit).toEqual({ type: 'code', code: 0 });
});

test('a process that the server leaves behind does not keep it alive', async () => {
  const { nextMessages, exit } = wrapped({ gate: fakeGate(), server: ['orphan'] });
  const [left] = await nextMessages(1);
  const { pid } = Object(left?.['params']) as { pid: number };
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
  expect(await exit).toEqual({ type: 'code', code: 4 });
  expect(isRunning(pid)).toBe(true);
});
