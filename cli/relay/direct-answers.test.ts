import { expect, test } from 'vitest';
import { DirectAnswers } from './direct-answers.js';

/**
 * What stands for requests 1 to 3, which are the client's lines 11 to 13, and what the server says, as the relay sees it.
 */
function expecting(ids: unknown[] = [1, 2, 3]) {
  const direct = new DirectAnswers();
  for (const [index, id] of ids.entries()) direct.expect(id, 11 + index);
  const says = (text: string, hasRoom = true): number => direct.take(Buffer.from(text), hasRoom);
  return { direct, says };
}

const answer = (id: unknown, result: unknown = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`;
const NOTE = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}\n';

test('a plain answer, or an error, to a request that the firewall named passes at once', () => {
  const { says } = expecting([1, 'a', -2]);
  expect(says(answer(1))).toBe(11);
  expect(says(answer('a', { resultType: 'complete', content: [{ text: 'say "id"' }] }))).toBe(12);
  expect(says('{"jsonrpc":"2.0","id":-2,"error":{"code":1,"message":"no"}}\n')).toBe(13);
});

test.each([
  ['of another id', answer(4)],
  ['of an id of another type', answer('1')],
  ['that is not complete', answer(1, { resultType: 'input_required' })],
  ['that is a notification', NOTE],
  ['that is a request', '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}\n'],
  ['with the same key twice', '{"jsonrpc":"2.0","id":9,"id":1,"result":{}}\n'],
  ['with a key that is written with an escape', '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"result":{}}\n'],
  ['with a key that is none of its own', '{"jsonrpc":"2.0","id":1,"Id":2,"result":{}}\n'],
  ['that has a result and an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}\n'],
  ['with an id that another reader takes for another one', answer(1).replace('"id":1', '"id":1.0')],
  ['that is an error of nothing', '{"jsonrpc":"2.0","id":1,"error":null}\n'],
  ['that is an error without a code', '{"jsonrpc":"2.0","id":1,"error":{"message":"m"}}\n'],
  ['that is an error whose code is a text', '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"m"}}\n'],
  ['that is an error without a message', '{"jsonrpc":"2.0","id":1,"error":{"code":1}}\n'],
  ['that is no JSON', '{"jsonrpc":"2.0","id":1,"result":{}\n'],
  [
    'that is an error which asks for a visit',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m"}}\n',
  ],
  [
    'that says twice whether it is complete',
    '{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","resultType":"complete"}}\n',
  ],
  [
    'that is an error of two codes',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m","code":1}}\n',
  ],
  [
    'that asks something by a name that some readers take',
    answer(1, { input_requests: { q: { Method: 'x' } } }),
  ],
  ['that asks something, written large', answer(1, { task: { INPUTREQUESTS: {} } })],
  [
    'that is an error with a code of another name',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"Code":-32042,"message":"m"}}\n',
  ],
  [
    'that is an error which asks for a visit under another code',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","data":{"Elicitations":[]}}}\n',
  ],
  ['that is a batch', `[${answer(1).trim()}]\n`],
  ['with a key of this name deeper in it', answer(1, { id: 2 })],
  ['larger than 16 KiB', answer(1, { text: 'x'.repeat(16_384) })],
  ['with another line behind it', `${answer(1)}${answer(2)}`],
  ['that is not whole', answer(1).trim()],
])('a line %s waits for the firewall', (_what, text) => {
  const { says } = expecting();
  expect(says(text)).toBe(0);
});

test('a line that is not UTF-8 waits for the firewall', () => {
  const { direct } = expecting();
  expect(direct.take(Buffer.from(answer(1, { text: 'caf\u00e9' }), 'latin1'), true)).toBe(0);
});

test('nothing overtakes what the server said before, until the firewall has read it', () => {
  const { direct, says } = expecting();
  expect(says(NOTE)).toBe(0);
  expect(says(answer(1))).toBe(0);
  direct.hasRead(1);
  expect(says(answer(2))).toBe(0);
  direct.hasRead(3);
  expect(says(answer(3))).toBe(13);
});

test('nothing overtakes half a line', () => {
  const { direct, says } = expecting();
  expect(says(NOTE.slice(0, 9))).toBe(0);
  direct.hasRead(0);
  expect(says(answer(1))).toBe(0);
  direct.hasRead(1);
  expect(says(answer(2))).toBe(12);
});

test('a client that does not read gets nothing at once', () => {
  const { says } = expecting();
  expect(says(answer(1), false)).toBe(0);
});

test('a request that has its answer, or needs none, expects nothing more; and another firewall expects nothing', () => {
  const { direct, says } = expecting();
  direct.done(11);
  expect(says(answer(1))).toBe(0);
  direct.hasRead(1);
  direct.restart();
  expect(says(answer(2))).toBe(0);
});
