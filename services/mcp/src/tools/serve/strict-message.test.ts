import { expect, it } from 'vitest';
import { isWide, readToolMessage } from './strict-message.ts';

const read = (text: string) => readToolMessage(Buffer.from(text));
const call = (args: string, id = '7'): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"a","arguments":${args}}}`;

/** The error that the sender gets. */
function refusal(text: string) {
  const result = read(text);
  if ('message' in result) throw new Error('passed');
  return JSON.parse(result.refusal) as { id: unknown; error: { code: number; message: string } };
}

it.each([
  { jsonrpc: '2.0', id: 1, method: 'ping' },
  {
    jsonrpc: '2.0',
    id: 'é',
    method: 'tools/call',
    params: { name: 'a', arguments: { a: ['ü', 1e3, null] } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 1, result: {} },
  { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } },
])('hands %j on as it was written', (message) => {
  expect(read(JSON.stringify(message))).toEqual({ message });
});

it('takes params of null for none, as some clients write it', () => {
  expect(read('{"jsonrpc":"2.0","id":1,"method":"ping","params":null}')).toEqual({
    message: { jsonrpc: '2.0', id: 1, method: 'ping' },
  });
});

it("takes null for what is left out, but in the arguments, which are the tool's to read", () => {
  const params = {
    name: 'a',
    arguments: { op: null, x: { y: null } },
    task: null,
    _meta: { progressToken: null },
  };
  expect(read(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }))).toMatchObject({
    message: { params: { name: 'a', arguments: { op: null, x: { y: null } }, _meta: {} } },
  });
  expect(read(call('null'))).toEqual({
    message: { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'a' } },
  });
  const info = { name: 'c', version: '1', title: null };
  const opening = { protocolVersion: '2025-06-18', capabilities: { sampling: null }, clientInfo: info };
  expect(read(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: opening }))).toEqual({
    message: {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
    },
  });
});

it('hands on each key as it is written, whatever was read before', () => {
  read(call('{"q":1,"\\\\u00":"safe"}'));
  expect(read(call('{"q":1,"\\u0070ath":"/etc"}'))).toMatchObject({
    message: { params: { arguments: { q: 1, path: '/etc' } } },
  });
  read(call('{"z":1,"\\\\":2}'));
  expect(read(call('{"z":1,"\\"":2}'))).toMatchObject({
    message: { params: { arguments: { z: 1, '"': 2 } } },
  });
});

it.each(['9007199254740993', '12345678901234567890', '1e400', '1e308', '-0', '1.0'])(
  'hands the number %s on as it was written',
  (number) => {
    const text = call(`{"args":{"a":[{"b":${number}}]}}`);
    const result = read(text);
    expect('message' in result && JSON.stringify((result.message as { params?: unknown }).params)).toBe(
      `{"name":"a","arguments":{"args":{"a":[{"b":${number}}]}}}`,
    );
  },
);

it.each([
  ['a key that is there twice', call('{"a":1,"a":2}'), 7, -32600],
  ['what the SDK would skip', '{"jsonrpc":"2.0","id":3,"method":"ping","params":{"_meta":5}}', 3, -32600],
  ['a response without an object', '{"jsonrpc":"2.0","id":1,"result":5}', null, -32600],
  ['a batch', `[${call('{}')}]`, null, -32600],
  ['half a message', call('{}').slice(0, -1), null, -32700],
])('refuses %s, so that the caller does not wait', (_what, text, id, code) => {
  expect(refusal(text)).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
});

it.each([
  ['policy_get', true],
  ['guard_check', false],
])('a call of %s reads much: %s', (name, expected) => {
  const result = read(call('{}').replace('"a"', JSON.stringify(name)));
  expect('message' in result && isWide(result.message)).toBe(expected);
});
