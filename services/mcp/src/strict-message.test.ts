import { expect, it } from 'vitest';
import { isJsonRpc, readStrictly } from './strict-message.ts';

const read = (text: string) => readStrictly(Buffer.from(text));

it('reads a message as it was written', () => {
  expect(read('{"id":1,"a":["ü",1e3,null]}')).toEqual({ message: { id: 1, a: ['ü', 1000, null] } });
});

it.each([
  ['{"id":"a","id":"a"}', 'a'],
  ['{"id":7,"x":9007199254740993}', 7],
  ['{"id":9007199254740993}', null],
  ['{"id":{"a":1},"x":{"a":1,"a":1}}', null],
  ['[{"a":1,"a":1}]', null],
])('refuses %s with the id %j, so that the caller does not wait', (text, id) => {
  expect(read(text)).toMatchObject({ refusal: { jsonrpc: '2.0', id, error: { code: -32600 } } });
});

it.each(['', '{', '{"id":1', 'undefined'])('refuses %j as a parse error', (text) => {
  expect(read(text)).toMatchObject({ refusal: { id: null, error: { code: -32700 } } });
});

it('refuses bytes that are not UTF-8 instead of replacing them', () => {
  const bytes = Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]);
  expect(readStrictly(bytes)).toMatchObject({ refusal: { error: { code: -32700 } } });
});

it.each([
  [{ jsonrpc: '2.0', id: 1, method: 'ping' }, true],
  [{ jsonrpc: '2.0', method: 'notifications/initialized' }, true],
  [{ jsonrpc: '2.0', id: 1, result: {} }, true],
  [{ id: 1, method: 'ping' }, false],
  [[{ jsonrpc: '2.0', id: 1, method: 'ping' }], false],
  ['ping', false],
])('%j is one JSON-RPC message: %j', (message, expected) => {
  expect(isJsonRpc(message)).toBe(expected);
});
