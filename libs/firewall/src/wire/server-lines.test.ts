import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MAX_LINE_BYTES } from './lines.ts';
import { createServerLines } from './server-lines.ts';

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"a":[1,{"b":"}"}]}}';
const NEXT = '{"jsonrpc":"2.0","id":2,"result":{}}';

/** What is heard: the text of a message, with how its line came, or what nonsense answers. */
function reader(quietMs = 60_000) {
  const heard: (string | readonly [unknown, string])[] = [];
  const lines = createServerLines((word, line) => {
    if ('nonsense' in word) return void heard.push([word.answers, word.nonsense]);
    const { text } = word.message;
    heard.push(line === undefined ? `made: ${text}` : line.toString());
  }, quietMs);
  const says = (text: string) => lines.take(Buffer.from(text));
  return { lines, heard, says };
}

it('gives a message a line, as it came', () => {
  const { says, heard, lines } = reader();
  for (const piece of [ANSWER.slice(0, 9), `${ANSWER.slice(9)}\r\n\nlog line\n`, `${NEXT}\n`]) says(piece);
  expect(heard).toEqual([`${ANSWER}\r\n`, [undefined, 'The message is not valid JSON.'], `${NEXT}\n`]);
  expect(lines.lines).toBe(4);
});

it('puts a message together that is written over several lines', () => {
  const { says, heard, lines } = reader();
  const pretty = JSON.stringify(JSON.parse(ANSWER), undefined, 2);
  for (const piece of pretty.match(/[^]{1,7}/g) ?? []) says(piece);
  expect(lines.keptBytes).toBeGreaterThan(20);
  says(`\n${NEXT}\n`);
  expect(heard.map((one) => String(one).replace(/\s/g, ''))).toEqual([`made:${ANSWER}`, NEXT]);
  expect(lines.keptBytes).toBe(0);
});

it('an answer that is cut inside a string is told of at once', () => {
  const { says, heard } = reader();
  says('{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"te\n');
  expect(heard).toEqual([[1, 'The message is not valid JSON.']]);
  says('{"jsonrpc":"2.0",\n"id":1,"result":{"content":"a\nb"}}\n');
  expect(heard.slice(1)).toEqual([
    [1, 'The message has the end of a line inside a string.'],
    [undefined, 'The message is not valid JSON.'],
  ]);
});

it('one that is cut elsewhere is told of with the next message, or after a silence', async () => {
  const { says, heard } = reader(20);
  says('{"jsonrpc":"2.0","id":1,"result":{\n');
  expect(heard).toEqual([]);
  says(`${NEXT}\n`);
  expect(heard).toEqual([[1, 'The message broke off in the middle.'], `${NEXT}\n`]);
  says('{"jsonrpc":"2.0","id":3,"result":{\n');
  await expect.poll(() => heard.slice(2)).toEqual([[3, 'The message broke off in the middle.']]);
  says('}}\n');
  says(`${NEXT}\n`);
  expect(heard.at(-1)).toBe(`${NEXT}\n`);
});

it('a line of a log between makes it no message', () => {
  const { says, heard } = reader();
  says('{"jsonrpc":"2.0","id":1,\nstarting up\n"result":{}}\n');
  expect(heard).toEqual([[1, 'The message is not valid JSON.']]);
});

it.each([
  ['first', (text: string) => `{"jsonrpc":"2.0","id":1,"result":"${text}"}`],
  ['last', (text: string) => `{"result":{"id":5,"text":"${text}"},"jsonrpc":"2.0","id":1}`],
])(
  'a line that is too long is told of with its size, and what it answers, where its id stands %s',
  { timeout: 60_000 },
  (_, of) => {
    const { says, heard } = reader();
    const long = of('x'.repeat(MAX_LINE_BYTES));
    for (const pieces of [[`${long}\n`], [long.slice(0, 100), long.slice(100), '\n']]) {
      for (const piece of pieces) says(piece);
    }
    says(`${NEXT}\n`);
    const nonsense = `The message has ${long.length + 1} bytes, more than the ${MAX_LINE_BYTES} that one may have.`;
    expect(heard).toEqual([[1, nonsense], [1, nonsense], `${NEXT}\n`]);
  },
);

it('a line that never ends is told of after a silence, once', { timeout: 60_000 }, async () => {
  const { says, heard } = reader(20);
  says(`{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(MAX_LINE_BYTES)}`);
  await expect.poll(() => heard, { timeout: 20_000 }).toHaveLength(1);
  expect(heard[0]).toMatchObject([1, expect.stringContaining('more than')]);
  says('x'.repeat(1_000));
  await sleep(50);
  says(`"}\n${NEXT}\n`);
  expect(heard.slice(1)).toEqual([`${NEXT}\n`]);
});

it('the last line needs no end, where it is whole', () => {
  const [whole, cut, begun] = [reader(), reader(), reader()];
  whole.says(ANSWER);
  cut.says(ANSWER.slice(0, -1));
  begun.says('{"jsonrpc":"2.0",\n');
  for (const { lines } of [whole, cut, begun]) lines.end();
  expect(whole.heard).toEqual([`${ANSWER}\n`]);
  for (const { heard } of [cut, begun])
    expect(heard).toEqual([[undefined, 'The server ended in the middle of it.']]);
});
