import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseStrictJson } from '../json/mod.ts';
import { AppError } from './app-error.ts';
import { parseRequest } from './invalid.ts';

const Inner = z.looseObject({ key: z.string().optional() });
const Schema = z.strictObject({
  tool: z.string(),
  op: z.string().regex(/x/).optional(),
  amount: z.number().optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  meta: Inner.optional(),
  list: z.array(Inner).optional(),
  names: z.array(z.string()).optional(),
  either: z.union([z.string(), z.int()]).optional(),
  any: z.unknown().optional(),
});
const parse = (input: object) => parseRequest(Schema, { tool: 't', ...input });
const NULLS = Object.fromEntries(Object.keys(Schema.shape).map((field) => [field, null]));

describe('null', () => {
  it('is absent for every optional field, and stays where it is a value', () => {
    expect(parseRequest(Schema, { ...NULLS, tool: 't' })).toEqual({ tool: 't', any: null });
    const absent = parse({ op: null, args: null });
    expect([Object.hasOwn(absent, 'op'), Object.hasOwn(absent, 'args')]).toEqual([false, false]);
  });

  it('is absent inside of objects and lists of them, and what stands beside it stays', () => {
    expect(parse({ meta: { key: null, other: null }, list: [{ key: null, a: 1 }, { key: 'k' }] })).toEqual({
      tool: 't',
      meta: { other: null },
      list: [{ a: 1 }, { key: 'k' }],
    });
  });

  it('is a value in what the caller fills in as it likes', () => {
    expect(parse({ op: null, args: { op: null, deep: { op: null } } })).toEqual({
      tool: 't',
      args: { op: null, deep: { op: null } },
    });
  });

  it.each([
    [{ tool: null }, 'tool: required'],
    [{ names: [null] }, 'names.0: expected text, not null'],
    [{ colour: null }, 'colour: unknown field'],
    [{ op: null, amount: '5' }, 'amount: expected a number, not text'],
  ])('in %j is refused, because: %s', (input, detail) => {
    expect(() => parse(input)).toThrow(detail);
  });

  it('changes nothing in what was given', () => {
    const given = { tool: 't', meta: { key: null } };
    parseRequest(Schema, given);
    expect(given).toEqual({ tool: 't', meta: { key: null } });
  });
});

const Numbers = z.strictObject({
  amount: z.int().optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  meta: z.strictObject({ key: z.string().optional() }).optional(),
  list: z
    .array(z.union([z.strictObject({ most: z.number() }), z.strictObject({ equals: z.unknown() })]))
    .optional(),
});
const readNumbers = (text: string): string => {
  try {
    return JSON.stringify(parseRequest(Numbers, parseStrictJson(text)));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message;
  }
};

describe('a number', () => {
  it.each([
    ['{"amount":900.0,"args":{"n":900.0}}', '{"amount":900,"args":{"n":900.0}}'],
    ['{"amount":9e2}', '{"amount":900}'],
    ['{"list":[{"equals":1.0},{"most":1.0}]}', '{"list":[{"equals":1.0},{"most":1}]}'],
    ['{"args":{"n":12345678901234567890}}', '{"args":{"n":12345678901234567890}}'],
  ])('%s has doubles where a field takes numbers: %s', (text, expected) => {
    expect(readNumbers(text)).toBe(expected);
  });

  it.each([
    [
      '{"amount":12345678901234567890}',
      'amount: expected a whole number from -9007199254740991 to 9007199254740991, not 12345678901234567890',
    ],
    [
      '{"amount":1e400}',
      'amount: expected a whole number from -9007199254740991 to 9007199254740991, not 1e400',
    ],
    ['{"args":1e400}', 'args: expected an object, not 1e400'],
    ['{"meta":1.0}', 'meta: expected an object, not a number'],
    ['{"meta":1e400}', 'meta: expected an object, not 1e400'],
  ])('%s is refused: %s', (text, why) => {
    expect(readNumbers(text)).toBe(why);
  });
});

const Bounds = z.strictObject({
  minutes: z.int().min(1).max(1440).optional(),
  least: z.number().min(0).optional(),
  name: z.string().min(1).max(200).optional(),
  word: z.string().min(1).optional(),
  note: z.string().max(3).optional(),
  to: z.array(z.email()).min(1).max(2).optional(),
  at: z.iso.datetime().optional(),
  kind: z.enum(['a', 'b']).optional(),
  either: z.union([z.string(), z.boolean()]).optional(),
  target: z
    .discriminatedUnion('type', [z.strictObject({ type: z.literal('mail'), n: z.int().max(9) })])
    .optional(),
  pattern: z.union([z.strictObject({ any: z.literal(true) }), z.strictObject({ is: z.string() })]).optional(),
  by: z.record(z.string().max(2), z.string()).optional(),
});
const saidOf = (schema: z.ZodType, input: unknown): string => {
  try {
    parseRequest(schema, input);
    return 'taken';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message;
  }
};

describe('one mistake has one sentence, in plain words', () => {
  it.each([
    [{ minutes: 1e17 }, 'minutes: expected a whole number from 1 to 1440'],
    [{ minutes: 1.5 }, 'minutes: expected a whole number from 1 to 1440'],
    [{ minutes: '5' }, 'minutes: expected a whole number from 1 to 1440, not text'],
    [{ least: -1 }, 'least: expected a number from 0 on'],
    [{ name: '' }, 'name: expected text of 1 to 200 characters'],
    [{ word: '' }, 'word: expected text that is not empty'],
    [{ note: 'long' }, 'note: expected text of at most 3 characters'],
    [{ note: ['x'] }, 'note: expected text, not a list'],
    [{ to: [] }, 'to: expected at least one'],
    [{ to: ['a@b.io', 'a@b.io', 'a@b.io'] }, 'to: expected at most 2 entries'],
    [{ to: ['ada'] }, 'to.0: expected an e-mail address such as ada@example.com'],
    [{ at: 'now' }, 'at: expected a time in UTC such as 2026-01-31T12:00:00Z'],
    [{ kind: 'c' }, 'kind: expected one of a, b'],
    [{ either: 5 }, 'either: expected text or true or false'],
    [{ target: { type: 'post' } }, 'target.type: expected one of mail'],
    [{ target: { type: 'mail', n: 1e99 } }, 'target.n: expected a whole number from -9007199254740991 to 9'],
    [{ pattern: { any: false } }, 'pattern.any: expected true'],
    [{ by: { ada: 'x' } }, 'by.ada: as a name, expected text of at most 2 characters'],
    [[], 'body: expected an object, not a list'],
  ])('%j: %s', (input, sentence) => {
    expect(saidOf(Bounds, input)).toBe(sentence);
  });

  it('of a thousand mistakes, and a name without end, there is an end', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, 1]));
    expect(saidOf(Bounds, many)).toMatch(/^k0: unknown field; .*; and 980 more$/);
    expect(saidOf(Bounds, { ['x'.repeat(100_000)]: 1 })).toBe(`${'x'.repeat(200)}…: unknown field`);
  });
});
