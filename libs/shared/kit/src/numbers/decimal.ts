const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const ZERO = 0x30;

/** A decimal in one form: its sign, its digits without zeros around them, and where they stand: 0.digits × 10^power. */
type Decimal = { readonly sign: -1 | 0 | 1; readonly digits: string; readonly power: number };

const NOTHING: Decimal = { sign: 0, digits: '', power: 0 };

/** Undefined where its power of ten is none that can be counted. Never writes the digits out that a power stands for. */
function decimalOf(written: string): Decimal | undefined {
  const [match, minus, whole = '', fraction = '', exponent = '0'] = PARTS.exec(written) ?? [];
  if (match === undefined) return undefined;
  const digits = whole + fraction;
  let start = 0;
  let end = digits.length;
  while (start < end && digits.charCodeAt(start) === ZERO) start++;
  while (end > start && digits.charCodeAt(end - 1) === ZERO) end--;
  if (start === end) return NOTHING;
  const power = Number(exponent) + whole.length - start;
  if (!Number.isSafeInteger(power)) return undefined;
  return { sign: minus === '-' ? -1 : 1, digits: digits.slice(start, end), power };
}

const order = (one: number | string, other: number | string): -1 | 0 | 1 => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/**
 * How two JSON numbers compare, to the last digit, by their texts. Undefined where one has a power of ten beyond 2^53, or is
 * no number. Linear in their length.
 */
export function compareDecimals(one: string, other: string): -1 | 0 | 1 | undefined {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  if (left === undefined || right === undefined) return undefined;
  if (left.sign !== right.sign || left.sign === 0) return order(left.sign, right.sign);
  // Digits without zeros around them stand in the order of text.
  const larger = order(left.power, right.power) || order(left.digits, right.digits);
  return (larger === 0 ? 0 : larger * left.sign) as -1 | 0 | 1;
}

/** Whether a JSON number is a whole one; false as well where nobody can tell. */
export function isWholeDecimal(written: string): boolean {
  const decimal = decimalOf(written);
  return decimal !== undefined && decimal.digits.length <= Math.max(0, decimal.power);
}

/** Equal for equal numbers, whatever way they are written in; undefined as for {@link compareDecimals}. */
export function plainDecimal(written: string): string | undefined {
  const decimal = decimalOf(written);
  if (decimal === undefined) return undefined;
  const { sign, digits, power } = decimal;
  return sign === 0 ? '0' : `${sign < 0 ? '-' : ''}${digits}e${power - digits.length}`;
}
