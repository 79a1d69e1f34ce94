import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse.ts';

/** Writes JSON with each key's first letter as an escape. */
const withEscapedKeys = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => item).replaceAll(
    /"([a-z])((?:[^"\\]|\\.)*)":/g,
    (_, letter: string, rest: string) => `"\\u00${letter.charCodeAt(0).toString(16)}${rest}" :`,
  );

it.each([
  ['{"p":1,"\\\\":2}', '{"p":1,"\\u0061":2}', 'a'],
  ['{"q":1,"\\\\":2}', '{"q":1,"\\n":2}', '\n'],
  ['{"r":1,"\\\\":2}', '{"r":1,"\\"":2}', '"'],
  ['{"s":1,"\\\\u00":2}', '{"s":1,"\\u0070ath":2}', 'path'],
  ['{"t":{"u":1,"\\\\u0":2}}', '{"t":{"u":1,"\\u0074o\\u0073":2}}', undefined],
])('reads a key as it is written, also after %s', (before, text, key) => {
  JSON.parse(before);
  const value = parseJson(text) as Record<string, unknown>;
  if (key === undefined) expect(value).toEqual({ t: { u: 1, tos: 2 } });
  else expect(Object.keys(value)[1]).toBe(key);
});

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(3), (value, indent) => {
      expect(parseJson(JSON.stringify(value, null, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(parseJson(`{"\\u0061":${JSON.stringify(value)}}`)).toEqual({
        a: JSON.parse(JSON.stringify(value)),
      });
      expect(parseJson(withEscapedKeys(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 2000 },
  );
});

it('keeps the last of two equal keys, own __proto__ members, numbers and order', () => {
  const text = ' {"\\u0062":[1e400,-0,1.50,true,null,"\\u0061"],"a":{},"b":[ ],"__pr\\u006fto__":{"x":1}}\n';
  const value = parseJson(text) as Record<string, unknown>;
  expect(Object.entries(value)).toEqual([
    ['b', []],
    ['a', {}],
    ['__proto__', { x: 1 }],
  ]);
  const numbers = '{"\\u0062":[1e400,-0,1.50,true,null,"\\u0061"]}';
  expect(JSON.stringify(parseJson(numbers))).toBe('{"b":[1e400,-0,1.50,true,null,"a"]}');
  expect(parseJson(numbers, 'as doubles')).toEqual({ b: [Infinity, -0, 1.5, true, null, 'a'] });
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it('reads a million levels', () => {
  const deep = `{"\\u0061":${'['.repeat(1e6)}${']'.repeat(1e6)}}`;
  expect(Object.keys(parseJson(deep) as object)).toEqual(['a']);
});

it.each(['', '{', '{"\\u0061":1', '{"\\u0061":1}}', '{"\\u0061" 1}', '{"\\x":1}'])('refuses %j', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
