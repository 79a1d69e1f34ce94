import { expect, it } from 'vitest';
import { ambiguity } from './ambiguity.ts';
import { readServerMessage } from './read-message.ts';

const read = (message: string) => readServerMessage(Buffer.from(message));
/** A message of so many elements. */
const holding = (member: string, items: number): string =>
  `{"jsonrpc":"2.0",${member}:{"a":[${Array.from({ length: items }, () => 1).join()}]}}`;
const result = (json: string): string => `{"jsonrpc":"2.0","id":2,"result":${json}}`;

function passed(message: string) {
  const reading = read(message);
  if ('nonsense' in reading) throw new Error(reading.nonsense);
  return reading.message;
}

it('passes what a server says, however odd it is inside', () => {
  const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
  for (const json of ['{"a":1,"a":2}', '{"__proto__":1}', '"\\ud800"', '1e400', deep]) {
    const message = passed(result(json));
    expect(message).toMatchObject({ kind: 'response', id: 2, rawId: '2' });
    expect(message.text).toBe(result(json));
  }
  expect(passed('{"jsonrpc":"2.0","id":"s1","method":"roots/list","Extra":1}')).toMatchObject({
    kind: 'request',
  });
  expect(passed('{"jsonrpc":"2.0","method":"notifications/x","params":{"Name":1}}').kind).toBe(
    'notification',
  );
});

it.each([
  ['asks', '"id":1,"method":"sampling/createMessage","params"'],
  ['tells', '"method":"notifications/message","params"'],
])(
  'what a server %s has as many members as what a client does, and its answers may have more',
  (_, begin) => {
    expect(passed(holding(begin, 19_900)).kind).not.toBe('response');
    expect(read(holding(begin, 20_001))).toEqual({
      nonsense: 'The message has more than 20000 members and elements in all.',
    });
    expect(passed(holding('"id":2,"result"', 200_000)).kind).toBe('response');
  },
);

it('takes an id by its value, not by its number', () => {
  expect(passed('{"jsonrpc":"2.0","id":"2","result":{}}')).toMatchObject({ id: '2' });
  expect(passed('{"jsonrpc":"2.0","id":" 2.0 ","result":{}}')).toMatchObject({ id: ' 2.0 ' });
  expect(passed('{"jsonrpc":"2.0","id":"0x2","result":{}}')).toMatchObject({ id: '0x2' });
});

it.each([
  ['{"jsonrpc":"2.0","id":2.0,"result":{}}', 'id'],
  ['{"jsonrpc":"2.0","id":null,"error":{}}', 'id'],
  ['{"jsonrpc":"2.0","result":{}}', 'id'],
  ['{"jsonrpc":"2.0","id":1,"id":2,"result":{}}', 'twice'],
  ['{"jsonrpc":"2.0","id":2,"result":{},"result":{"tools":[]}}', 'twice'],
  ['{"jsonrpc":"2.0","id":2,"result":{},"Result":{"tools":[]}}', '"result"'],
  ['{"jsonrpc":"2.0","id":2,"result":{},"error":{}}', 'exactly one'],
  ['{"jsonrpc":"2.0","id":2}', 'exactly one'],
  ['{"jsonrpc":"2.0","id":2,"method":"a","result":{}}', 'neither'],
  ['{"jsonrpc":"2.0","id":2,\r"result":{}}', 'carriage return'],
  [`[${result('{}')}]`, 'Batches'],
  ['Server running on stdio', 'not valid JSON'],
  ['\u{feff}{}', 'byte order mark'],
  ['3', 'not a JSON object'],
])('drops %s', (message, because) => {
  const reading = read(message);
  expect('nonsense' in reading && reading.nonsense).toContain(because);
});

it('drops what is not UTF-8', () => {
  expect(readServerMessage(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual({
    nonsense: 'The message is not valid UTF-8.',
  });
});

it.each([
  ['{"tools":[{"name":"a"}],"tools":[{"name":"b"}]}', 'twice'],
  ['{"tools":[{"name":"a","n\\u0061me":"b"}]}', 'twice'],
  ['{"tools":[],"Tools":[{"name":"b"}]}', 'case'],
  ['{"tools":[],"tools\\u0000":[]}', 'case'],
  ['{"path":"a","pa\u200bth":"b"}', 'case'],
])('says that two readers could differ about %s', (json, because) => {
  expect(ambiguity(passed(result(json)))).toContain(because);
});

it('sees one reading in a plain message', () => {
  const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
  for (const json of ['{"tools":[{"name":"a"},{"name":"A"}]}', '"\\"a\\":"', deep]) {
    expect(ambiguity(passed(result(json)))).toBeUndefined();
  }
});

it.each([
  ['numbers', `[${'1e1,'.repeat(249_990)}0]`],
  ['small strings', `[${'"",'.repeat(249_990)}0]`],
  ['small objects', `[${'{"a":1},'.repeat(124_990)}0]`],
  ['letters', `"${'a'.repeat(16e6)}"`],
])(
  'reads a quarter of a million, or 16 MiB, of %s: a server may say much',
  { timeout: 60_000 },
  (_, body) => {
    expect(passed(result(body)).kind).toBe('response');
  },
);
