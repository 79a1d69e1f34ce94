import { expect, it } from 'vitest';
import { readServerWords } from './server-words.ts';

const words = (text: string | Buffer, asker?: string) =>
  readServerWords(typeof text === 'string' ? Buffer.from(text) : text, asker);
const only = (text: string | Buffer, asker?: string) => {
  const [word, ...more] = words(text, asker);
  expect(more).toEqual([]);
  return word ?? { nonsense: 'nothing', answers: undefined };
};
const said = (text: string | Buffer, asker?: string): string => {
  const word = only(text, asker);
  return 'message' in word ? word.message.text : word.nonsense;
};

it('takes a plain message as it is, byte for byte', () => {
  for (const text of [
    ' {"jsonrpc" : "2.0","id":2,"result":{"n":1e400,"x":"\\u00e9"}}',
    '{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"no","data":null}}',
    '{"jsonrpc":"2.0","id":2,"result":null}',
    '{"jsonrpc":"2.0","id":"q","method":"roots/list"}',
  ]) {
    expect(only(text)).toMatchObject({ isMended: false, message: { text } });
  }
});

it.each([
  [
    'a null error beside a result',
    '{"jsonrpc":"2.0","id":1,"result":{"a":1.0},"error":null}',
    '{"jsonrpc":"2.0","id":1,"result":{"a":1.0}}',
  ],
  [
    'a null result beside an error',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}',
  ],
  [
    'null for both',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":null}',
    '{"jsonrpc":"2.0","id":1,"result":null}',
  ],
  [
    'null for all that it does not use',
    '{"jsonrpc":"2.0","method":null,"params":null,"id":1,"result":{},"error":null}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ],
  [
    'params beside a result',
    '{"jsonrpc":"2.0","id":1,"params":{},"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ],
  ['no version', '{"id":1,"result":{}}', '{"id":1,"result":{},"jsonrpc":"2.0"}'],
  ['version 1.0', '{"jsonrpc":"1.0","id":1,"result":{}}', '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ['version 2', '{"jsonrpc":2.0,"id":1,"result":{}}', '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ['JSON-RPC 1.0', '{"result":{},"error":null,"id":1}', '{"result":{},"id":1,"jsonrpc":"2.0"}'],
  [
    'an id with a fraction of none',
    '{"jsonrpc":"2.0","id":1.0,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ],
  [
    'an error that is a text',
    '{"jsonrpc":"2.0","id":1,"error":"no"}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}',
  ],
  [
    'an error without a code',
    '{"jsonrpc":"2.0","id":1,"error":{"message":"no","data":1.50}}',
    '{"jsonrpc":"2.0","id":1,"error":{"message":"no","data":1.50,"code":-32603}}',
  ],
  [
    'an error whose code is a numeral',
    '{"jsonrpc":"2.0","id":1,"error":{"code":"-32001","message":"no"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}',
  ],
  [
    'an error whose code is a word',
    '{"jsonrpc":"2.0","id":1,"error":{"code":"ENOENT","message":"no"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"ENOENT: no"}}',
  ],
  [
    'an error without a message',
    '{"jsonrpc":"2.0","id":1,"error":{"code":5}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":5,"message":"{\\"code\\":5}"}}',
  ],
  [
    'an error of nothing',
    '{"jsonrpc":"2.0","id":1,"error":null}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"null"}}',
  ],
  [
    'a byte order mark',
    '\u{feff}{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ],
  [
    'lines that end in CR and LF',
    '{"jsonrpc":"2.0",\r\n"id":1,"result":{}}',
    '{"jsonrpc":"2.0",  "id":1,"result":{}}',
  ],
  [
    'a notification with null for an id',
    '{"jsonrpc":"2.0","id":null,"method":"notifications/x","error":null}',
    '{"jsonrpc":"2.0","method":"notifications/x"}',
  ],
])('mends %s, and reads what it made of it', (_, came, text) => {
  const word = only(came);
  expect(word).toMatchObject({ isMended: true });
  expect('message' in word && word.message.text).toBe(text);
  expect(only(text)).toMatchObject({ isMended: false });
});

it('reads what is not UTF-8 with U+FFFD in its place, which is what it says from then on', () => {
  const word = only(Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"text":"caf\xe9"}}', 'latin1'));
  expect(word).toMatchObject({ isMended: true, message: { result: { text: 'caf\u{fffd}' } } });
  expect('message' in word && word.message.text).toContain('caf\u{fffd}');
});

it('takes a batch for its messages', () => {
  const text = '[{"jsonrpc":"2.0","method":"notifications/x"}, {"jsonrpc":"2.0","id":1,"result":{}},"?"]';
  expect(words(text).map((word) => ('message' in word ? word.message.kind : word.nonsense))).toEqual([
    'notification',
    'response',
    'The message is not a JSON object.',
  ]);
  for (const none of ['[]', `[${'0,'.repeat(1_024)}0]`]) expect(said(none)).toContain('list of none');
});

it('an error without an id is about the request in whose reply it came, and a result is not', () => {
  const error = '"error":{"code":-32700,"message":"Parse error"}}';
  for (const text of [`{"jsonrpc":"2.0","id":null,${error}`, `{"jsonrpc":"2.0",${error}`]) {
    expect(only(text, '"a"')).toMatchObject({ message: { id: 'a', error: { code: -32_700 } } });
    expect(only(text)).toMatchObject({ answers: undefined });
  }
  expect(only('{"jsonrpc":"2.0","id":null,"result":{}}', '1')).toMatchObject({ answers: undefined });
});

it.each([
  ['{"jsonrpc":"2.0","id":7,"result":{"te', 7],
  ['{"jsonrpc":"2.0","result":{"id":9},"id":"a b"}}', 'a b'],
  ['{"result":[{"id":9}],"id":7,"jsonrpc":"2.0"} and more', 7],
  ['{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":"m"}}', 7],
  ['{"jsonrpc":"2.0","id":7,"method":"tools/call","result":{}}', 7],
  ['{"jsonrpc":"2.0","id":7.0,"result":{},"Result":{}}', 7],
  ['{"jsonrpc":"2.0","id":7}', 7],
  ['{"jsonrpc":"2.0","id":7,"error":{"code":"a","code":"b"}}', 7],
  // What may be a part of an id is none, nor is what stands deeper, or what is somebody's question or log.
  ['{"jsonrpc":"2.0","result":{},"id":7', undefined],
  ['{"jsonrpc":"2.0","params":{"id":7},"result":{"id":7}', undefined],
  ['{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{"a', undefined],
  ['{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":[]}', undefined],
  ['{"level":"info","id":7,"error":"no"}', undefined],
  ['{"level":"info","id":7,"msg":"x', undefined],
  ['{"id":7}', undefined],
  ['Listening on {"jsonrpc":"2.0","id":7,"result":{}}', undefined],
  ['{"jsonrpc":"2.0","id":{"a":7},"result":{}}', undefined],
  ['3', undefined],
])('tells what %s was meant to answer', (text, answers) => {
  expect(only(text)).toMatchObject({ nonsense: expect.any(String), answers });
});

it.each([
  ['members', Array.from({ length: 250_001 }, (_, n) => `"k${n}":0`).join()],
  ['elements', `"a":[${'0,'.repeat(250_000)}0]`],
  ['levels', `"a":${'['.repeat(250_001)}${']'.repeat(250_001)}`],
])(
  'is not read any further where it has too many %s, whatever else is odd about it',
  { timeout: 60_000 },
  (_what, inside) => {
    const text = `{"jsonrpc":"2.0","id":7,"result":{${inside}}}`;
    const nonsense = 'The message has more than 250000 members and elements in all.';
    for (const odd of [text, `\uFEFF${text}`, Buffer.concat([Buffer.from(text), Buffer.of(0x20, 0xff)])])
      expect(only(odd)).toEqual({ nonsense, answers: 7 });
    expect(only(`[${text}]`)).toMatchObject({ nonsense });
  },
);

it('a question that is mended is still a question, and never an answer', () => {
  for (const text of [
    '{"id":1,"method":"sampling/createMessage","params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","result":null}',
    '{"jsonrpc":"1.0","id":1.0,"method":"sampling/createMessage","error":null}',
  ]) {
    expect(only(text)).toMatchObject({ isMended: true, message: { kind: 'request', id: 1 } });
  }
});
