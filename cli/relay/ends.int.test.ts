import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeFirewall } from './testkit/fake-firewall.ts';
import { call, wrapped } from './testkit/wrapped.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([0, 1, 42])('the server that exits with %i ends it with the same code', async (code) => {
  const { env, marks } = await fakeFirewall();
  expect(await wrapped({ env, server: ['exit', String(code)] }).exit).toEqual({ type: 'code', code });
  expect(marks).toEqual([`X0{"code":${code},"signal":null}`]);
});

test('the server that a signal ended ends it with the same signal', async () => {
  const { env, marks } = await fakeFirewall();
  const { exit } = wrapped({ env, server: ['kill', 'SIGKILL'] });
  expect(await exit).toEqual({ type: 'signal', signal: 'SIGKILL' });
  expect(marks).toEqual(['X0{"code":null,"signal":"SIGKILL"}']);
});

test.each([
  [
    'aegis-no-such-command',
    127,
    'The command aegis-no-such-command is not found: check the name and the PATH.',
  ],
  [import.meta.filename, 126, /can't be started \(EACCES\): check that it is a program that may be run\.$/],
])(
  'a command that is none is a sentence and the exit code of a shell, without a firewall: %s',
  async (command, code, because) => {
    const { env } = await fakeFirewall({ refuses: { status: 503, detail: 'too many' } });
    const exit = await wrapped({ env, server: [], command }).exit;
    expect(exit).toMatchObject({
      type: 'not_started',
      code,
      because: expect.stringMatching(because) as string,
    });
  },
);

test('a firewall that refuses it ends the server, which never heard a word, and says why', async () => {
  const { env, dataDir } = await fakeFirewall({ refuses: { status: 503, detail: 'too many are here' } });
  const file = join(dataDir, 'refused');
  const { say, said, exit } = wrapped({ env, server: ['tee', file] });
  say(call(1));
  expect(await exit).toEqual({ type: 'code', code: 1 });
  expect(said).toEqual(['The firewall refused this agent: too many are here']);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('what the firewall can not go on with is said, and ends it', async () => {
  const fatal = { detail: 'No server has this name.', exit_code: 2 };
  const { env } = await fakeFirewall({ fatal });
  const { said, exit } = wrapped({ env, server: ['echo'] });
  expect(await exit).toEqual({ type: 'code', code: 2 });
  expect(said).toEqual(['No server has this name.']);
});

test('a server that dies in the middle of an answer: the firewall gets what it said, and has the last word', async () => {
  const { env, marks, side } = await fakeFirewall({
    judge: (line, n, here) => {
      if (n === 1) here.toServer(line);
    },
  });
  const { say, next, exit } = wrapped({ env, server: ['midline'] });
  say(call(1));
  expect(await exit).toEqual({ type: 'code', code: 3 });
  expect([marks, await next()]).toEqual([['X0{"code":3,"signal":null}'], undefined]);
  expect(side()).toBeDefined();
});

test('a client that says no more still gets the answers, and the server ends as it likes', async () => {
  const { env, marks } = await fakeFirewall();
  const { say, end, nextMessages, next, exit } = wrapped({ env, server: ['echo'] });
  say(call(1), call(2));
  end();
  expect((await nextMessages(2)).map(({ id }) => id)).toEqual([1, 2]);
  expect([await next(), await exit]).toEqual([undefined, { type: 'code', code: 0 }]);
  expect(marks[0]).toBe('E0');
});

test('a server that ignores the end of its input gets SIGTERM, then SIGKILL', async () => {
  const { env } = await fakeFirewall();
  const patience = { answersMs: 100, termMs: 100, killMs: 300 };
  const { say, nextMessages, end, exit } = wrapped({ env, server: ['stubborn'], patience });
  say(call(1));
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
  end();
  expect(await nextMessages(1)).toMatchObject([{ method: 'notifications/sigterm' }]);
  expect(await exit).toEqual({ type: 'signal', signal: 'SIGKILL' });
});

test('a server that still works on an answer is given the time for it', async () => {
  const { env, side } = await fakeFirewall({ judge: () => undefined });
  const patience = { answersMs: 60_000, termMs: 10, killMs: 20 };
  const { say, end, nextMessages, exit } = wrapped({ env, server: ['stubborn'], patience });
  say(call(1));
  end();
  setTimeout(() => side().toClient('{"jsonrpc":"2.0","id":1,"result":{}}\n', 1), 500);
  expect(await nextMessages(1)).toMatchObject([{ id: 1 }]);
  expect((await exit).type).toBe('signal');
});

test('a server that never answers does not keep it alive once the client says no more', async () => {
  const { env } = await fakeFirewall();
  const patience = { answersMs: 100, termMs: 100, killMs: 200 };
  const { say, end, exit } = wrapped({ env, server: ['stubborn'], patience });
  say('{"jsonrpc":"2.0","id":1,"result":{}}', call(2));
  end();
  expect((await exit).type).toBe('signal');
});

test('a client that hangs up is no crash: the firewall hears of it, and the server is ended', async () => {
  const { env, marks } = await fakeFirewall();
  const { say, nextMessages, output, exit } = wrapped({ env, server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  output.destroy();
  expect(await exit).toEqual({ type: 'code', code: 0 });
  expect(marks[0]).toBe('E1');
});

test('a client that hung up does not keep it alive where the firewall says nothing more', async () => {
  const { env, kill } = await fakeFirewall();
  const { say, nextMessages, output, exit } = wrapped({ env, server: ['echo'] });
  say(call(1));
  await nextMessages(1);
  await kill();
  output.destroy();
  expect(await exit).toEqual({ type: 'code', code: 0 });
});

test('a process that the server leaves behind does not keep it alive', async () => {
  const { env } = await fakeFirewall();
  const { nextMessages, exit } = wrapped({ env, server: ['orphan'] });
  const [left] = await nextMessages(1);
  const { pid } = Object(left?.['params']) as { pid: number };
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
  expect(await exit).toEqual({ type: 'code', code: 4 });
  expect(isRunning(pid)).toBe(true);
});
