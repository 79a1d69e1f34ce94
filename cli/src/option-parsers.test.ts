import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  parseAmountCents,
  parseArgs,
  parseCount,
  parseDryRunId,
  parseDuration,
  parseIdempotencyKey,
  parseTime,
  parseTool,
} from './option-parsers.ts';

describe('an amount', () => {
  test.each([
    ['0', 0],
    ['2500', 2500],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%s is %d cents', (text, cents) => {
    expect(parseAmountCents(text)).toBe(cents);
  });

  test.each([
    '',
    '-1',
    '1.0',
    '1e3',
    ' 5',
    '5 ',
    '0x10',
    '1_000',
    'NaN',
    '9007199254740992',
    '9007199254740993',
    '99999999999999999',
  ])('%j is refused and not rounded', (text) => {
    expect(() => parseAmountCents(text)).toThrow('expected an integer from 0 to 9007199254740991');
  });
});

test('a count has bounds, both included', () => {
  const parse = parseCount(1, 10);
  expect([parse('1'), parse('10')]).toEqual([1, 10]);
  for (const text of ['0', '11', 'ten'])
    expect(() => parse(text)).toThrow('expected an integer from 1 to 10');
});

test('a time has a unit and a bound, and is given in milliseconds', () => {
  const parse = parseDuration(3_600_000);
  expect(['0s', '500ms', '50s', '2m', '60m'].map(parse)).toEqual([0, 500, 50_000, 120_000, 3_600_000]);
  for (const text of ['', '50', '50 s', '-1s', '1.5s', '1h', '61m', '3600001ms', '1e3s'])
    expect(() => parse(text)).toThrow('expected a time such as 500ms, 50s or 2m, at most 60m');
});

test.each(['', 'a b', 'refunds.create\u200b', 'rеfunds', 'x'.repeat(257)])(
  '%j is not the name of a tool',
  (name) => {
    expect(() => parseTool(name)).toThrow(InvalidArgumentError);
  },
);

test('a dry run id with a control character is refused', () => {
  expect(() => parseDryRunId('a\u001b[2J')).toThrow('without control characters');
  expect(parseDryRunId('order 17')).toBe('order 17');
});

test('an idempotency key that a header can not carry is refused', () => {
  expect(() => parseIdempotencyKey('schlüssel')).toThrow('expected ASCII text');
  expect(() => parseIdempotencyKey('a\r\nX-Other: b')).toThrow('expected ASCII text');
  expect(parseIdempotencyKey('order-17')).toBe('order-17');
});

describe('arguments', () => {
  test('are a JSON object', () => {
    expect(parseArgs('{"order":{"id":17}}')).toEqual({ order: { id: 17 } });
  });

  test.each([
    ['[1]', 'expected a JSON object.'],
    ['null', 'expected a JSON object.'],
    ['{"a":', 'not JSON.'],
    ['{"a":1,"a":2}', 'args: an object has the same key twice.'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseArgs(text)).toThrow(why);
  });
});

test('arguments have their numbers as they are written', () => {
  const text = '{"n":[9007199254740993,1.0,1e400]}';
  expect(JSON.stringify(parseArgs(text))).toBe(text);
});

describe('a time', () => {
  test.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00+02:00', '2026-01-31T10:00:00.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(parseTime(text)).toBe(utc);
  });

  test.each(['yesterday', '2026-13-01', '2026-01-31T12:00:00', '31.01.2026', '1769860800'])(
    '%s is refused',
    (text) => {
      expect(() => parseTime(text)).toThrow('expected a time such as');
    },
  );
});
