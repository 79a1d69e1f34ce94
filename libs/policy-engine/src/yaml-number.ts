import { asDouble, readNumber } from '@aegis/kit/numbers';
import type { Scalar } from 'yaml';

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** What both YAML 1.1 and 1.2 take for the same number: before a power of ten 1.1 wants a dot, and a sign in it. */
const ONE_READING = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:e[+-]\d+)?)?$/i;
/** Text in YAML 1.2 and a number in 1.1: `1_000`, `0b11`, and 22:30 by sixties (https://yaml.org/type/int.html). */
const NUMBER_ELSEWHERE =
  /^[-+]?(?:0b[01_]+|0x[\da-f_]+|\d[\d_]*_[\d_]*(?:\.[\d_]*)?|[1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?)$/i;
const OCTAL = /^0[0-7]+$/;
const MOST_SHOWN = 40;

/** What a number without one reading is in YAML 1.1. */
function inOlder(source: string): number {
  const digits = source.replace(/^[-+]/, '').replaceAll('_', '');
  const [whole = '', ...parts] = digits.split(':');
  const value = OCTAL.test(digits)
    ? Number.parseInt(digits, 8)
    : parts.reduce((sum, part) => sum * 60 + Number(part), Number(whole));
  return source.startsWith('-') ? -value : value;
}

/** The text of a number of JSON as every reader of YAML takes it: `1.0e+21` for `1e21`. */
export const numberForYaml = (text: string): string =>
  text.replace(
    /^(-?\d+)(\.\d+)?e([+-]?)(\d+)$/i,
    (_, whole: string, fraction: string | undefined, sign: string, power: string) =>
      `${whole}${fraction ?? '.0'}e${sign === '' ? '+' : sign}${power}`,
  );

const plainly = (value: unknown): string | undefined =>
  Number.isFinite(value) ? numberForYaml(String(value)) : undefined;

/**
 * Why readers of YAML differ on what stands there without quotes, and what to write instead; undefined where they don't. The
 * core schema of YAML 1.2 reads 010 as ten and 0o10 as eight, and 1.1 reads 010 as eight and 0o10 as text.
 */
export function faultOfNumber(node: Scalar): string | undefined {
  const { value, source, type } = node;
  if (type !== 'PLAIN' || source === undefined) return undefined;
  const isElsewhere = typeof value === 'string' && NUMBER_ELSEWHERE.test(source);
  if (!isElsewhere && (typeof value !== 'number' || ONE_READING.test(source))) return undefined;
  const shown = source.slice(0, MOST_SHOWN);
  const isExact = exactNumber(node) === value;
  const read = isExact ? [plainly(value), plainly(inOlder(source))] : [numberForYaml(source)];
  const numbers = new Set(read.filter((one) => one !== undefined));
  const instead = numbers.size === 0 ? 'a number of digits' : [...numbers].join(' or ');
  return `${shown} is not the same to all readers of YAML; write ${instead}, or '${shown}' in quotes for a text`;
}

/** The number as it is written, where a double would be another one. */
export function exactNumber({ value, source }: Scalar): unknown {
  const isNumber = typeof value === 'number' && source !== undefined && JSON_NUMBER.test(source);
  return isNumber ? asDouble(readNumber(source)) : value;
}
