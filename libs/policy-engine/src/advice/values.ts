import { type AnyNumber, compareNumbers } from '@aegis/kit/numbers';
import { isMapping } from '../condition/mapping.ts';
import { isComparable, isScalar, type Scalar } from '../condition/matcher.ts';
import { isOrder, type Order } from '../condition/number.ts';

/** One operator of a condition with its operand, as it is written. */
export type Said = readonly [name: string, operand: unknown];

/** What is said of one field; a bare value means `eq`. */
export const saidOf = (operators: unknown): Said[] =>
  isMapping(operators) ? Object.entries(operators) : [['eq', operators]];

const HOLDS: Readonly<Record<Order, (order: number) => boolean>> = {
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/** Numbers are compared to the last digit, as conditions do. */
const orderOf = (one: AnyNumber, other: AnyNumber): number => compareNumbers(one, other) ?? Number.NaN;

const isSame = (value: Scalar, operand: unknown): boolean =>
  isComparable(value) && isComparable(operand) ? orderOf(value, operand) === 0 : value === operand;

/** Whether a value is as one operator says. True for what is not looked at here. */
function fits(value: Scalar, [name, operand]: Said): boolean {
  if (name === 'eq') return isSame(value, operand);
  if (name === 'ne') return !isSame(value, operand);
  if (name === 'in') return !Array.isArray(operand) || operand.some((one) => isSame(value, one));
  if (isOrder(name) && isComparable(operand))
    return isComparable(value) && HOLDS[name](orderOf(value, operand));
  if (typeof operand !== 'string') return true;
  if (name === 'starts_with') return String(value).startsWith(operand);
  if (name === 'ends_with') return String(value).endsWith(operand);
  return name !== 'contains' || String(value).includes(operand);
}

/** Whether one of these values is as all of it says. */
export const oneFits = (values: readonly Scalar[], said: readonly Said[]): boolean =>
  values.some((value) => said.every((one) => fits(value, one)));

/** The only values that the field may have by `eq` and `in`; undefined where any may do. */
export function valuesOf(said: readonly Said[]): readonly Scalar[] | undefined {
  const list = said.find(([name]) => name === 'eq' || name === 'in');
  if (list === undefined) return undefined;
  const [name, operand] = list;
  const values: readonly unknown[] = name === 'eq' ? [operand] : Array.isArray(operand) ? operand : [];
  return values.filter(isScalar);
}

/** Whether there is a number that is as the orders say; `whole` where there are only whole ones, from 0. */
export function hasRoom(said: readonly Said[], whole: boolean): boolean {
  let [low, isLowIn, high, isHighIn] = [
    whole ? 0 : Number.NEGATIVE_INFINITY,
    true,
    Number.POSITIVE_INFINITY,
    true,
  ];
  for (const [name, bound] of said) {
    if (typeof bound !== 'number') continue;
    if (name === 'gt' && bound >= low) [low, isLowIn] = [bound, false];
    if (name === 'gte' && bound > low) [low, isLowIn] = [bound, true];
    if (name === 'lt' && bound <= high) [high, isHighIn] = [bound, false];
    if (name === 'lte' && bound < high) [high, isHighIn] = [bound, true];
  }
  if (whole) {
    const [first, last] = [Math.ceil(low), Math.floor(high)];
    return first + (isLowIn || first !== low ? 0 : 1) <= last - (isHighIn || last !== high ? 0 : 1);
  }
  return low < high || (low === high && isLowIn && isHighIn);
}
