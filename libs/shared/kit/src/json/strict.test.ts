import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { digestOf } from './canonical.ts';
import { MAX_DEPTH, parseStrictJson } from './strict.ts';

const refusal = (text: string): string => {
  try {
    parseStrictJson(text);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.message}`;
  }
};

describe('JSON from outside', () => {
  it.each([
    ['{"a":1,"a":2}', 'invalid_request body: an object has the same key twice'],
    ['{"a":{"b":[{"c":1,"d":":","c":2}]}}', 'invalid_request body: an object has the same key twice'],
    ['{"a":1,"\\u0061":2}', 'invalid_request body: an object has the same key twice'],
    ['{"__proto__":{}}', 'invalid_request __proto__: this key is refused'],
    ['{"s":"\\ud800"}', 'invalid_request s: text with a lone surrogate'],
    ['{"\\udc00":1}', 'invalid_request body: a key with a lone surrogate'],
    ['{"a":', 'invalid_json The body is not valid JSON.'],
    ['', 'invalid_json The body is not valid JSON.'],
  ])('%s is refused', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it(`may nest ${MAX_DEPTH} levels and no more`, () => {
    expect(refusal(`${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`)).toBe('accepted');
    expect(refusal(`${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`)).toMatch(/nested too deep/);
    expect(refusal(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toMatch(/nested too deep/);
  });

  it('comes through unchanged where it is fine', () => {
    const key = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__');
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '9007199254740993',
    '12345678901234567890',
    '1e400',
    '1e308',
    '-0',
    '1.0',
    '1E+2',
    '9'.repeat(100_000),
  ])('may have the number %s, which stays as it is written', (number) => {
    const text = `{"n":[${number},1,"1.0"],"\\u0061":{"n":${number}}}`;
    expect(JSON.stringify(parseStrictJson(text))).toBe(text.replace('\\u0061', 'a'));
    expect(refusal(`{"n":${number},"n":1}`)).toContain('the same key twice');
  });

  it('is refused wherever one key of it stands twice', () => {
    const body = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
    fc.assert(
      fc.property(body, fc.nat(), (value, pick) => {
        const keys = Object.keys(value);
        const key = JSON.stringify(keys[pick % keys.length]);
        const inner = JSON.stringify(value).slice(1, -1);
        expect(refusal(`{${inner},${key}:0}`)).not.toBe('accepted');
      }),
    );
  });
});

describe('a digest', () => {
  it('is of the meaning: order and spelling do not count, absent is not null', () => {
    expect(digestOf({ b: 1, a: [1, 2] })).toBe(digestOf({ a: [1, 2], b: 1 }));
    expect(digestOf({ a: null })).not.toBe(digestOf({}));
    expect(digestOf({ a: [2, 1] })).not.toBe(digestOf({ a: [1, 2] }));
  });

  it('is of numbers as they are written: none is the digest of another, nor of what looks like it', () => {
    const written = [
      '1',
      '1.0',
      '1e0',
      '-0',
      '0',
      '9007199254740992',
      '9007199254740993',
      '1e400',
      '"1e400"',
    ];
    const texts = [
      ...written.map((one) => `{"a":[${one}]}`),
      '{"a":[{"rawJSON":"1e400"}]}',
      '{"a":[{"text":"1e400"}]}',
    ];
    expect(new Set(texts.map((text) => digestOf(parseStrictJson(text)))).size).toBe(texts.length);
    expect(digestOf(parseStrictJson('{"b":1.0,"a":{"d":"\\u0061","c":null}}'))).toBe(
      `sha256:${createHash('sha256').update('{"a":{"c":null,"d":"a"},"b":1.0}').digest('hex')}`,
    );
  });

  it('of before is the digest of today, for each number as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true }), (value) => {
        expect(digestOf(parseStrictJson(JSON.stringify(value), 1_000))).toBe(
          digestOf(JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });

  it('is over the form that RFC 8785 §3.2.4 prints', () => {
    const text = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    const expected = createHash('sha256').update(canonical).digest('hex');
    expect(digestOf(JSON.parse(text))).toBe(`sha256:${expected}`);
  });
});
