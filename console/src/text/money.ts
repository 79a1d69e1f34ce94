const grouped = (digits: string): string => digits.replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Cents as money, exact up to 2^53: `12500` is `125.00`. No currency is known. */
export function money(amountCents: number): string {
  const digits = String(amountCents).padStart(3, '0');
  return `${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`;
}

const MONEY = /^(\d{1,14})(?:\.(\d{1,2}))?$/;

/** What a person wrote as money, in cents; undefined where it is none. `1,250.5` is `125050`. */
export function cents(text: string): number | undefined {
  const match = MONEY.exec(text.trim().replaceAll(',', ''));
  if (match === null) return undefined;
  return Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
}
