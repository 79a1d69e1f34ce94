import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUnfinished } from '../unfinished.ts';
import { encodeEvent, type SseEvent, SseSplitter } from './sse.ts';
import { TooLarge } from './too-large.ts';

const MAX = 1_000_000;
const roomy = () => createUnfinished(32 * 1_048_576).share();

/** The events of a stream that comes in pieces of these sizes, the last of them repeated. */
function split(stream: Buffer, sizes: readonly number[] = [stream.length]): SseEvent[] {
  const splitter = new SseSplitter(MAX, roomy());
  const events: SseEvent[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = Math.max(1, sizes[Math.min(turn, sizes.length - 1)] as number);
    events.push(...splitter.push(stream.subarray(at, at + size)));
    at += size;
  }
  return events;
}

const dataOf = (events: SseEvent[]): unknown[] => events.map(({ data }) => data).filter(Boolean);

describe('what a reader makes of a stream', () => {
  it.each([
    ['line feeds', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['carriage returns', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['both', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['all three mixed', 'data: a\r\n\ndata: b\r\r\ndata: c\n\r', ['a', 'b', 'c']],
    ['several data lines', 'data: {"a":\ndata: 1}\n\n', ['{"a":\n1}']],
    ['no space after the colon', 'data:a\n\n', ['a']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['comments between', ': hi\ndata: a\n: more\ndata: b\n\n', ['a\nb']],
    ['fields that nobody knows', 'dat: x\nDATA: y\ndata: a\n\n', ['a']],
    ['an empty priming event', 'id: 1\ndata: \n\ndata: a\n\n', ['a']],
    ['an event cut short', 'data: a\n\ndata: b\n', ['a']],
  ])('%s', (_what, stream, expected) => {
    expect(dataOf(split(Buffer.from(stream)))).toEqual(expected);
  });

  it('has an id, a type and a time to come back', () => {
    const [event] = split(Buffer.from('id: 7\nevent: message\nretry: 50\ndata: x\n\n'));
    expect(event).toMatchObject({ id: '7', event: 'message', retry: '50', data: 'x' });
  });
});

it.each([
  ...['\u2028', '\u2029', '\x85', '\v', '\f', '\x1c', '\0'].flatMap((end) => [
    `: hi${end}data: {}${end}${end}\ndata: a\n\n`,
    `event: message${end}data: {}${end}${end}\ndata: a\n\n`,
    `id: 1${end}data: {}${end}${end}\ndata: a\n\n`,
  ]),
  '\uFEFF\uFEFFdata: {}\n\ndata: a\n\n',
  'Data: {}\ndata: a\n\n',
  ' data: {}\ndata: a\n\n',
])(
  'where another reader could find another event it is not plain, and its fields have nothing of that: %j',
  (stream) => {
    const events = split(Buffer.from(stream));
    expect(events.some(({ isPlain }) => !isPlain)).toBe(true);
    expect(dataOf(events)).toEqual(['a']);
    expect(JSON.stringify(events.map(({ event, id }) => [event, id]))).not.toContain('{}');
  },
);

it('what stands in its data, escapes of lines too, is plain', () => {
  const [event] = split(Buffer.from(': hi\nid: 1\nevent: message\nretry: 5\ndata: {"a":"\u2028"}\n\n'));
  expect(event?.isPlain ?? true).toBe(true);
});

it('lets a comment through at once, before the event that it stands in front of is whole', () => {
  const splitter = new SseSplitter(MAX, roomy());
  expect(splitter.push(Buffer.from(': keep-alive\n')).map(({ raw }) => raw.toString())).toEqual([
    ': keep-alive\n',
  ]);
});

it('breaks off where an event has no end', () => {
  const splitter = new SseSplitter(10, roomy());
  expect(() => splitter.push(Buffer.from('data: 12345678901'))).toThrow(TooLarge);
});

it('breaks off where all that is not whole has no room for it, and gives its room back once it is whole', () => {
  const together = createUnfinished(100);
  const [one, other] = [new SseSplitter(MAX, together.share()), new SseSplitter(MAX, together.share())];
  one.push(Buffer.from(`data: ${'x'.repeat(60)}`));
  expect(() => other.push(Buffer.from(`data: ${'x'.repeat(60)}`))).toThrow(
    /unfinished answers have 100 bytes together/,
  );
  expect(one.push(Buffer.from('\n\n'))).toHaveLength(1);
  const third = new SseSplitter(MAX, together.share());
  expect(third.push(Buffer.from(`data: ${'x'.repeat(60)}`))).toEqual([]);
});

it.each(['data: {}', 'data', 'a:', 'id: 1'])('breaks off where an event has too many lines of %j', (line) => {
  const splitter = new SseSplitter(16 * 1_048_576, roomy());
  const lines = (count: number) => Buffer.from(`${line}\n`.repeat(count));
  expect(splitter.push(Buffer.concat([lines(16_384), Buffer.from('\n')]))).toHaveLength(1);
  expect(splitter.push(lines(16_384))).toEqual([]);
  expect(() => splitter.push(lines(1))).toThrow('an event of its answer has more than 16384 lines');
});

describe('however a stream is cut into pieces', () => {
  const end = fc.constantFrom('\n', '\r', '\r\n');
  const word = fc.string({ unit: fc.constantFrom('a', ':', ' ', 'ü', '{', '€'), maxLength: 6 });
  const name = fc.constantFrom('data', 'id', 'event', 'retry', '', 'other');
  const line = fc.tuple(name, word, end).map(([field, value, ending]) => `${field}: ${value}${ending}`);
  const stream = fc
    .array(fc.oneof({ weight: 4, arbitrary: line }, { weight: 2, arbitrary: end }), { maxLength: 30 })
    .map((lines) => Buffer.from(`${lines.join('')}\n\n`));
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });

  it('its events say the same', () => {
    fc.assert(
      fc.property(stream, sizes, (bytes, pieces) => {
        expect(dataOf(split(bytes, pieces))).toEqual(dataOf(split(bytes)));
      }),
    );
  });

  it('not a byte of it changes', () => {
    fc.assert(
      fc.property(stream, sizes, (bytes, pieces) => {
        const joined = Buffer.concat(split(bytes, pieces).map(({ raw }) => raw));
        // What is left over is at most the second half of a line end.
        expect(bytes.subarray(0, joined.length).equals(joined)).toBe(true);
        expect(bytes.subarray(joined.length).toString()).toMatch(/^\n?$/);
      }),
    );
  });
});

it('writes an event that reads as it was meant, line feeds in its text too', () => {
  const written = { id: '7', event: 'message', retry: '10', data: '{"a":\n1}' };
  expect(split(encodeEvent(written))[0]).toMatchObject(written);
});
