import { describe, expect, it } from 'vitest';
import { z } from 'zod';
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
