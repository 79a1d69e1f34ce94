import { WrittenNumber } from '@aegis/kit/numbers';
import { expect, it } from 'vitest';
import type { Request } from './message.ts';
import { readClientMessage, readServerMessage } from './read-message.ts';

const read = (message: string | Uint8Array) => readClientMessage(Buffer.from(message));
const call = (params: string): string => `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`;

/** Why it is refused, and the error that the sender gets. */
function refusal(message: string | Uint8Array) {
  const result = read(message);
  if ('message' in result) throw new Error(`passed: ${result.message.text}`);
  const answer = JSON.parse(result.refused.answer) as {
    id: unknown;
    error: { code: number; message: string };
  };
  expect(answer).toEqual({ jsonrpc: '2.0', id: answer.id, error: answer.error });
  expect(answer.error.message).toBe(result.refused.because);
  return { id: answer.id, code: answer.error.code, because: result.refused.because };
}

function passed(message: string | Uint8Array) {
  const result = read(message);
  if ('refused' in result) throw new Error(result.refused.because);
  return result.message;
}

it('reads a request as it was written', () => {
  const text =
    '{"jsonrpc" : "2.0","id": "a\\u00e9", "method":"tools/call","params":{"name":"ü", "x":[1.50]}}';
  expect(passed(text)).toEqual({
    kind: 'request',
    id: 'aé',
    rawId: '"a\\u00e9"',
    method: 'tools/call',
    params: { name: 'ü', x: [new WrittenNumber('1.50')] },
    text,
    hasExactNumbers: true,
  });
});

it('reads notifications and responses', () => {
  expect(passed('{"jsonrpc":"2.0","method":"notifications/x"}')).toMatchObject({ kind: 'notification' });
  expect(passed('{"jsonrpc":"2.0","method":"a","params":null}')).toMatchObject({ params: undefined });
  expect(passed('{"jsonrpc":"2.0","id":-3,"result":null}')).toMatchObject({ kind: 'response', result: null });
  expect(passed('{"jsonrpc":"2.0","id":"","error":{"code":1}}')).toMatchObject({ error: { code: 1 } });
});

it.each([
  [
    'an escaped method',
    '{"jsonrpc":"2.0","id":7,"method":"tools\\u002fcall","params":{"name":"x"}}',
    'escape',
  ],
  ['the method twice', '{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/call"}', 'twice'],
  [
    'a member beside the params',
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x"},"override":{"amount":1}}',
    'a member that JSON-RPC does not have: "override"',
  ],
  ['the name twice', call('{"name":"a","name":"b"}'), 'twice'],
  ['a name hidden by an escape', call('{"name":"a","n\\u0061me":"b"}'), 'twice'],
  ['an argument twice', call('{"name":"a","arguments":{"a":[{"path":1,"path":2}]}}'), 'twice'],
  ['a key in other case', '{"jsonrpc":"2.0","id":7,"method":"ping","Method":"tools/call"}', '"method"'],
  ['a key with an underscore', '{"jsonrpc":"2.0","id":7,"method":"ping","_method":"tools/call"}', '"method"'],
  ['a key with underscores inside', '{"jsonrpc":"2.0","id":7,"method":"ping","p_arams_":{}}', '"params"'],
  ['a key with a long s', call('{"name":"a","argument\u017f":{}}'), '"arguments"'],
  ['a key with a Kelvin sign', call('{"name":"a","tas\u212a":{}}'), '"task"'],
  ['a key that ends in a NUL', call('{"name":"a","name\\u0000":"b"}'), '"name"'],
  [
    'a top-level key that ends in a NUL',
    '{"jsonrpc":"2.0","id":7,"method":"a","params\\u0000":{}}',
    '"params"',
  ],
  ['a key with an invisible letter', call('{"name":"a","na\u200bme":"b"}'), '"name"'],
  ['a full-width key', call('{"name":"a","\uff55\uff52\uff49":"b"}'), '"uri"'],
  ['a key that Python reads', call('{"name":"a","request_state":"b"}'), '"requestState"'],
  ['a _meta that Python reads', call('{"name":"a","meta":{}}'), '"_meta"'],
  ['a look-alike in _meta', call('{"_meta":{"ProgressToken":1}}'), '"progressToken"'],
  [
    'a look-alike of the modern envelope',
    call('{"_meta":{"io.modelcontextprotocol/clientinfo":{}}}'),
    '"io.modelcontextprotocol/clientInfo"',
  ],
  ['a method in other case', '{"jsonrpc":"2.0","id":7,"method":"Tools/Call"}', '"tools/call"'],
  ['an escaped top-level key', '{"jsonrpc":"2.0","id":7,"m\\u0065thod":"ping"}', 'escape'],
  ['an escaped key in params', call('{"n\\u0061me":"a"}'), 'escape'],
  ['an escaped key in _meta', call('{"name":"a","_meta":{"progress\\u0054oken":1}}'), 'escape'],
  ['__proto__', call('{"name":"a","arguments":{"__proto__":{"a":1}}}'), '__proto__'],
  ['an escaped __proto__', call('{"name":"a","arguments":{"__pr\\u006fto__":1}}'), '__proto__'],
  ['half a surrogate pair', call('{"name":"a\\ud800"}'), 'surrogate'],
  ['half a surrogate pair in a key', call('{"arguments":[{"\\udc00":1}]}'), 'surrogate'],
  ['a carriage return', `{"jsonrpc":"2.0","id":7,"method":"ping",\r"params":{}}`, 'carriage return'],
  ['arguments nested too deep', call(`{"arguments":${'['.repeat(67)}${']'.repeat(67)}}`), 'too deep'],
  ['19,000 levels', call(`{"arguments":${'['.repeat(19e3)}${']'.repeat(19e3)}}`), 'too deep'],
  ['90,000 levels', call(`{"arguments":${'['.repeat(9e4)}${']'.repeat(9e4)}}`), 'more than 20000'],
  ['params that are a list', call('["a"]'), 'params must be an object'],
  ['no jsonrpc', '{"id":7,"method":"ping"}', 'jsonrpc'],
  ['jsonrpc as a number', '{"jsonrpc":2.0,"id":7,"method":"ping"}', 'jsonrpc'],
  ['jsonrpc with an escape', '{"jsonrpc":"2\\u002e0","id":7,"method":"ping"}', 'jsonrpc'],
  ['a method that is no text', '{"jsonrpc":"2.0","id":7,"method":["tools/call"]}', 'method'],
  ['a method with a space', '{"jsonrpc":"2.0","id":7,"method":"tools/call "}', 'method'],
  ['a method beside a result', '{"jsonrpc":"2.0","id":7,"method":"tools/call","result":{}}', 'neither'],
])('refuses %s and answers under its id', (_, message, because) => {
  const refused = refusal(message);
  expect(refused).toMatchObject({ id: 7, code: -32600 });
  expect(refused.because).toContain(because);
});

it.each([
  ['bytes that are not UTF-8', Buffer.from('{"jsonrpc":"2.0","id":7,"method":"\xff"}', 'latin1')],
  ['UTF-16', Buffer.from('{"jsonrpc":"2.0","id":7,"method":"ping"}', 'utf16le')],
  ['a surrogate half in UTF-8', Buffer.from('7b22eda08022227d', 'hex')],
  ['a slash in too many bytes', Buffer.from('{"method":"tools\xc0\xafcall"}', 'latin1')],
  ['a byte order mark', '\u{feff}{"jsonrpc":"2.0","id":7,"method":"ping"}'],
  ['UTF-7', '+AHs-"jsonrpc":"2.0"+AH0-'],
  ['gzip', Buffer.from('1f8b0800', 'hex')],
  ['half a message', '{"jsonrpc":"2.0","id":7'],
  ['two messages', '{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"b"}'],
  ['nothing', ''],
  ['a comment', '{"jsonrpc":"2.0"/**/,"id":7,"method":"ping"}'],
  ['NaN', call('{"a":NaN}')],
  ['a NUL at the end', `${call('{}')}\0`],
])('refuses %s as a parse error', (_, message) => {
  expect(refusal(message)).toMatchObject({ id: null, code: -32700 });
});

it.each(['[]', `[${call('{}')}]`, '"ping"', 'null', '7'])(
  'refuses %s: it is no single message',
  (message) => {
    expect(refusal(message)).toMatchObject({ id: null, code: -32600 });
  },
);

it.each([
  '1.0',
  '1e0',
  '-0',
  '1.5',
  '9007199254740993',
  '1e400',
  'null',
  'true',
  '{}',
  '["a"]',
  '"a\\u0000"',
  '"\\ud800"',
])('refuses the id %s', (id) => {
  expect(refusal(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`)).toMatchObject({ id: null, code: -32600 });
  expect(refusal(`{"jsonrpc":"2.0","id":${id},"result":{}}`)).toMatchObject({ id: null, code: -32600 });
});

it('refuses an id of more than 1 KiB, an id twice, and an id that looks like one', () => {
  const ids = [`"id":"${'ü'.repeat(513)}"`, '"id":1,"id":1', '"id":1,"ID":2', '"i\\u0064":1'];
  for (const id of ids) {
    expect(refusal(`{"jsonrpc":"2.0",${id},"method":"ping"}`).code).toBe(-32600);
  }
  expect(passed(`{"jsonrpc":"2.0","id":"${'ü'.repeat(512)}","method":"ping"}`).kind).toBe('request');
});

it('answers no response under its id: that id is a request of the other side', () => {
  expect(refusal('{"jsonrpc":"2.0","id":5,"result":1,"error":{}}').id).toBeNull();
  expect(refusal('{"jsonrpc":"2.0","id":5}').id).toBeNull();
});

it('passes unknown keys, methods and escapes that hide nothing', () => {
  const texts = [
    '{"jsonrpc":"2.0","id":1,"method":"acme/do.it","trace":{"Name":1},"params":{"meta":1,"request_id":2}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools\\/call","params":{"name":"a\\u002fb","arguments":{"n\\u0061me":1}}}',
    call(`{"arguments":{"Name":1,"NAME":2,"uri ":3},"_meta":{"io.modelcontextprotocol\\/clientInfo":{}}}`),
    call(`{"arguments":${'['.repeat(64)}${']'.repeat(64)}}`),
    call('{"name":"\\ud83d\\ude00 \u{1f600}"}'),
  ];
  for (const text of texts) expect(passed(text).text).toBe(text);
});

it('refuses what stands beside the members of JSON-RPC where all else of a method is judged', () => {
  for (const method of ['tools/call', 'logging/setLevel', 'notifications/progress'])
    expect(refusal(`{"jsonrpc":"2.0","id":1,"method":"${method}","trace":{"Name":1}}`).code).toBe(-32600);
  expect(passed('{"jsonrpc":"2.0","id":1,"method":"ping","trace":{}}').kind).toBe('request');
});

it('makes one line of a message that came in several', () => {
  const inner = '{"jsonrpc":"2.0","id":8,"method":"tools/call"}';
  const { text } = passed(`{"jsonrpc":"2.0",\n"id":7,"method":"ping","params":{"a":\n${inner}\n}}`);
  expect(text).toBe(`{"jsonrpc":"2.0", "id":7,"method":"ping","params":{"a": ${inner} }}`);
});

it.each([
  '0',
  '0.000e-999',
  '-0',
  '-0.0',
  '0.1',
  '1.10',
  '123456789012345',
  '9007199254740991',
  '3.141592653589793238',
  '0.10000000000000000',
  '0.1000000000000000055511151231257827021181583404541015625',
  '9007199254740991.4',
  '1.0',
  '1e2',
  '0.0001E+4',
  '5e-324',
  '4e-324',
  `1.${'0'.repeat(100_000)}1`,
  '9007199254740993',
  '-9007199254740993.0',
  '1732896000000000000',
  '725653563933458432',
  '12345678901234567890',
  '1e17',
  '1e21',
  '1e308',
  '1e400',
  '-1E+400',
  '1e-400',
  '1e999999999',
  '9'.repeat(100_000),
])('%s is judged, shown and bound as it is written', (number) => {
  const { kind, params } = passed(call(`{"arguments":{"a":["1e400",${number} ]}}`)) as Request;
  expect(kind).toBe('request');
  expect(JSON.stringify(params)).toBe(`{"arguments":{"a":["1e400",${number}]}}`);
});

it.each([
  ['a response', (many: string) => `{"jsonrpc":"2.0","id":7,"result":${many}}`],
  ['no method so far', (many: string) => `{"jsonrpc":"2.0","id":7,"params":${many},"method":"tools/call"}`],
  ['an id that is none', (many: string) => `{"jsonrpc":"2.0","id":7.5,"method":"a","params":${many}}`],
  ['a notification', (many: string) => `{"jsonrpc":"2.0","method":"a","params":${many}}`],
  ['a batch', (many: string) => `[{"jsonrpc":"2.0","id":7,"method":"a","params":${many}}]`],
])('%s of too many members is refused under no id', (_, message) => {
  const many = `{"a":[${'1,'.repeat(40_000)}1]}`;
  expect(refusal(message(many))).toMatchObject({
    id: null,
    because: expect.stringMatching(/^The message has more/),
  });
});

function server(text: string) {
  const came = readServerMessage(Buffer.from(text));
  if ('nonsense' in came) throw new Error(came.nonsense);
  return came.message;
}

it('of a server what it asks is read so, as far as it is short, and what it answers as doubles', () => {
  const asks = (pad: string) =>
    server(`{"jsonrpc":"2.0","id":1,"method":"a","params":{"n":[1e400,1.0],"pad":"${pad}"}}`);
  expect(asks('')).toMatchObject({ hasExactNumbers: true });
  expect(JSON.stringify((asks('') as Request).params)).toBe('{"n":[1e400,1.0],"pad":""}');
  expect(asks('a'.repeat(1_048_576))).toMatchObject({ hasExactNumbers: false, params: { n: [Infinity, 1] } });
  expect(server('{"jsonrpc":"2.0","id":1,"result":1.0}')).toMatchObject({
    hasExactNumbers: false,
    result: 1,
  });
  expect(server('{"jsonrpc":"2.0","id":1,"result":1}')).toMatchObject({ hasExactNumbers: true, result: 1 });
});

it('reads each key as it is written, whatever was read before', () => {
  passed(call('{"name":"a","arguments":{"mode":1,"\\\\u00":"safe"}}'));
  const { params } = passed(call('{"name":"a","arguments":{"mode":1,"\\u0070ath":"/etc"}}')) as Request;
  expect(params).toEqual({ name: 'a', arguments: { mode: 1, path: '/etc' } });
});

it.each([
  ['quotes', `"${'\\"'.repeat(8e6)}"`],
  ['backslashes', `"${'\\\\'.repeat(8e6)}"`],
  ['commas in a string', `"${'1,'.repeat(8e6)}"`],
  ['one number', '9'.repeat(16e6)],
])('reads 16 MiB of %s', { timeout: 60_000 }, (_, body) => {
  expect(passed(call(`{"arguments":{"a":${body}}}`)).kind).toBe('request');
});

it.each([
  ['elements', (items: number) => `[${Array.from({ length: items }, () => '1').join(',')}]`],
  ['members', (items: number) => `{${Array.from({ length: items }, (_, i) => `"k${i}":{}`).join(',')}}`],
])('reads 20,000 %s in all and refuses one more', (_, build) => {
  // Three fields, `arguments` and `a` are members too.
  const message = (items: number) => call(`{"arguments":{"a":${build(items)}}}`);
  expect(passed(message(20_000 - 6)).kind).toBe('request');
  expect(refusal(message(20_000 - 5))).toEqual({
    id: 7,
    code: -32600,
    because: 'The message has more than 20000 members and elements in all.',
  });
});
