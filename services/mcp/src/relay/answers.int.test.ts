import { expect, test } from 'vitest';
import { fakeGate } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

const OK = '"result":{"text":"ok"}';

/** What a client gets for one call where the server says this, and how the call ended. */
async function answered(said: string, id: string | number = 1) {
  const gate = fakeGate();
  const { say, next } = await wrapped({ gate, server: ['answers', said] });
  say(call(id));
  const line = await next();
  return { line, ends: gate.ends };
}

test.each([
  [
    'with one byte that is not UTF-8',
    '{"jsonrpc":"2.0","id":ID,"result":{"text":"caf\u00e9"}}\n',
    'caf\u{fffd}',
  ],
  ['with an error of null', `{"jsonrpc":"2.0","id":ID,${OK},"error":null}\n`, 'ok'],
  ['without a version', `{"id":ID,${OK}}\n`, 'ok'],
  ['of version 1.0', `{"jsonrpc":"1.0","id":ID,${OK}}\n`, 'ok'],
  ['with the id as text', `{"jsonrpc":"2.0","id":"1",${OK}}\n`, 'ok'],
  ['with the id as 1.0', `{"jsonrpc":"2.0","id":1.0,${OK}}\n`, 'ok'],
  ['in a batch', `[{"jsonrpc":"2.0","id":ID,${OK}}]\n`, 'ok'],
  ['over several lines', `{\n  "jsonrpc": "2.0",\n  "id": ID,\n  ${OK}\n}\n`, 'ok'],
  ['after lines of a log', `starting\n{"level":"info","id":ID}\n{"jsonrpc":"2.0","id":ID,${OK}}\n`, 'ok'],
  ['after half a line', `{"half":\n{"jsonrpc":"2.0","id":ID,${OK}}\n`, 'ok'],
])('an answer %s is passed on as the protocol has it, and ends the call', async (_, said, text) => {
  const { line, ends } = await answered(said);
  expect(JSON.parse(line ?? '')).toEqual({ jsonrpc: '2.0', id: 1, result: { text } });
  expect(ends).toEqual(['1 response']);
});

test('an id that was sent as text comes back as text, where the server makes a number of it', async () => {
  const { line } = await answered(`{"jsonrpc":"2.0","id":1,${OK}}\n`, '1');
  expect(line).toBe(`{"jsonrpc":"2.0","id":"1",${OK}}`);
});

test.each([
  [
    'an error of no form',
    '{"jsonrpc":"2.0","id":ID,"error":"disk full"}\n',
    { code: -32_603, message: 'disk full' },
  ],
  [
    'an error beside a null result',
    '{"jsonrpc":"2.0","id":ID,"result":null,"error":{"code":-32000,"message":"no"}}\n',
    { code: -32_000, message: 'no' },
  ],
])('%s is an error that clients read', async (_, said, error) => {
  const { line, ends } = await answered(said);
  expect(JSON.parse(line ?? '')).toEqual({ jsonrpc: '2.0', id: 1, error });
  expect(ends).toEqual(['1 response']);
});

test.each([
  ['cut short', '{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"te\n', 'not valid JSON'],
  [
    'with a result and an error',
    `{"jsonrpc":"2.0","id":ID,${OK},"error":{"code":1,"message":"m"}}\n`,
    'one of result and error',
  ],
  ['with a method', `{"jsonrpc":"2.0","id":ID,"method":"tools/call",${OK}}\n`, 'neither a result'],
  ['with the same key twice', `{"jsonrpc":"2.0","id":ID,${OK},${OK}}\n`, 'twice'],
  ['of nothing', '{"jsonrpc":"2.0","id":ID}\n', 'one of result and error'],
])('an answer %s ends the call at once, with what came', async (_, said, because) => {
  const { line, ends } = await answered(said);
  expect(JSON.parse(line ?? '')).toMatchObject({ id: 1, result: { lost: expect.stringContaining(because) } });
  expect(line).toContain("what the server sent can't be read: ");
  expect(ends).toEqual(['1 lost']);
});

test('what is no message of ours to judge is dropped, and a question that is mended is judged', async () => {
  const gate = fakeGate(undefined, { refuses: ({ method }) => method === 'sampling/createMessage' });
  const question = '{"id":ID,"method":"sampling/createMessage","result":null}\n';
  const { say, next } = await wrapped({
    gate,
    server: ['answers', `${question}{"jsonrpc":"2.0","id":ID,${OK}}\n`],
  });
  say(call(1));
  expect(await next()).toContain('"ok"');
  expect(gate.ends).toEqual(['1 response']);
});
