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
    [{ names: [null] }, 'names.0: invalid input: expected string, received null'],
    [{ colour: null }, 'colour: unknown field'],
    [{ op: null, amount: '5' }, 'amount: invalid input: expected number, received string'],
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
    ['{"amount":12345678901234567890}', 'amount: expected number, not 12345678901234567890'],
    ['{"amount":1e400}', 'amount: expected number, not 1e400'],
    ['{"args":1e400}', 'args: expected record, not 1e400'],
    ['{"meta":1.0}', 'meta: invalid input: expected object, received number'],
    ['{"meta":1e400}', 'meta: expected an object, not 1e400'],
  ])('%s is refused: %s', (text, why) => {
    expect(readNumbers(text)).toBe(why);
  });
});
