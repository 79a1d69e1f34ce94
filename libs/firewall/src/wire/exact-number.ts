const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const ZERO = 0x30;

/** The exact value of a decimal, written in one way: its sign, its digits without zeros around them, a power of ten. */
function plain(written: string): string | undefined {
  const [match, sign, whole = '', fraction = '', power = '0'] = PARTS.exec(written) ?? [];
  if (match === undefined) return undefined;
  const digits = whole + fraction;
  let start = 0;
  let end = digits.length;
  while (start < end && digits.charCodeAt(start) === ZERO) start++;
  while (end > start && digits.charCodeAt(end - 1) === ZERO) end--;
  if (start === end) return `${sign}0`;
  return `${sign}${digits.slice(start, end)}e${Number(power) - fraction.length + digits.length - end}`;
}

/**
 * Whether a number means, to the last digit, what JavaScript writes back for it (`1.0` and `1e2` do). If not, it is rounded
 * to another's value here, and a server that reads more digits than a double has would act on what nobody saw; `-0` is
 * written back as `0`. Integers beyond 2^53-1 are none, even where a double happens to hold one. Linear in its length.
 */
export function isExactNumber(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
  const exact = plain(written);
  return exact !== undefined && exact === plain(String(value));
}
