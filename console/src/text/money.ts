const AMOUNT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 });

/** Cents as money, exact up to 2^53: `12500` is `125.00`. No currency is known. */
export const money = (amountCents: number): string => AMOUNT.format(`${amountCents}E-2` as `${number}`);

const MONEY = /^(\d{1,14})(?:\.(\d{1,2}))?$/;

/** What a person wrote as money, in cents; undefined where it is none. `1,250.5` is `125050`. */
export function cents(text: string): number | undefined {
  const match = MONEY.exec(text.trim().replaceAll(',', ''));
  if (match === null) return undefined;
  return Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
}
