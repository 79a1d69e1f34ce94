import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyNumber,
  asDouble,
  compareNumbers,
  isWholeNumber,
  readNumber,
  roundingsOf,
  WrittenNumber,
  withDoubles,
  withPlainNumbers,
} from './mod.ts';

const digits = fc.stringMatching(/^[0-9]{1,40}$/);
const whole = digits.map((text) => text.replace(/^0+(?=\d)/, ''));
/** Numbers as JSON may have them, with the fraction that each is: `top` over `bottom`. */
const numbers = fc
  .record({
    minus: fc.boolean(),
    whole,
    fraction: fc.option(digits),
    power: fc.option(fc.integer({ min: -60, max: 60 })),
  })
  .map(({ minus, whole: before, fraction, power }) => {
    const text = `${minus ? '-' : ''}${before}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : `e${power}`}`;
    const shift = BigInt((power ?? 0) - (fraction ?? '').length);
    const value = BigInt(`${before}${fraction ?? ''}`) * (minus ? -1n : 1n);
    return { text, top: shift < 0n ? value : value * 10n ** shift, bottom: shift < 0n ? 10n ** -shift : 1n };
  });

describe('a number as it is written', () => {
  it('comes out of JSON as it went in, and is a double where JavaScript writes it so', () => {
    fc.assert(
      fc.property(numbers, ({ text }) => {
        expect(JSON.stringify([readNumber(text)])).toBe(`[${text}]`);
        expect(typeof readNumber(text) === 'number').toBe(String(Number(text)) === text);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(readNumber(JSON.stringify(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('compares to the last digit, whatever way it is written in', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [left, right] = [one.top * other.bottom, other.top * one.bottom];
        const expected = left < right ? -1 : Number(left > right);
        expect(compareNumbers(readNumber(one.text), readNumber(other.text))).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is whole where it is', () => {
    fc.assert(
      fc.property(numbers, ({ text, top, bottom }) => {
        expect(isWholeNumber(readNumber(text))).toBe(top % bottom === 0n);
      }),
    );
  });

  it.each([
    ['9007199254740993', '9007199254740992', 1],
    ['12345678901234567890', '12345678901234567891', -1],
    ['1.0', '1', 0],
    ['1E+2', '100', 0],
    ['-0', '0', 0],
    ['-0.0', '1e-400', -1],
    ['0e99999999999999999999', '0', 0],
    ['1e400', '1e401', -1],
    ['-1e400', '-1e401', 1],
    ['1e999999999', '9e999999998', 1],
    ['0.1000000000000000055', '0.1', 1],
    ['1e99999999999999999999', '1', undefined],
    ['9'.repeat(100_000), `${'9'.repeat(99_999)}8`, 1],
  ])('%s beside %s', (one, other, expected) => {
    expect(compareNumbers(readNumber(one), readNumber(other))).toBe(expected);
  });

  it.each<[string, number | undefined]>([
    ['1.0', 1],
    ['1e2', 100],
    ['-0', 0],
    ['1e308', 1e308],
    ['9007199254740993', undefined],
    ['1e400', undefined],
    ['1e-400', undefined],
    ['0.1000000000000000055', undefined],
  ])('%s as a double is %s', (text, expected) => {
    const value: AnyNumber = readNumber(text);
    expect(asDouble(value)).toBe(expected ?? value);
  });
});

describe('a value with numbers in it', () => {
  const value = { a: [new WrittenNumber('1.0'), { b: new WrittenNumber('1.50e400') }], c: 'x' };

  it('has doubles where they say the same', () => {
    expect(JSON.stringify(withDoubles(value))).toBe('{"a":[1,{"b":1.50e400}],"c":"x"}');
    const plain = { a: [1, null, 'x'] };
    expect(withDoubles(plain)).toBe(plain);
  });

  it('has equal numbers in one form', () => {
    const other = { a: [1, { b: new WrittenNumber('15E+399') }], c: 'x' };
    expect(JSON.stringify(withPlainNumbers(value))).toBe(JSON.stringify(withPlainNumbers(other)));
    expect(JSON.stringify(withPlainNumbers(value))).toBe('{"a":[1,{"b":15e399}],"c":"x"}');
  });
});

it.each([
  ['5', []],
  ['0.1', []],
  ['5.00000000000000000001', ['5']],
  ['99.99999999999999999999', ['100']],
  ['0.1000000000000000055', ['0.1']],
  ['725653563933458433', ['725653563933458400', '725653563933458432']],
  ['725653563933458400', ['725653563933458432']],
  ['1e400', []],
  ['1e-400', ['0']],
])('%s is %j to readers that have doubles alone', (text, roundings) => {
  expect(roundingsOf(readNumber(text)).map(String)).toEqual(roundings);
});
