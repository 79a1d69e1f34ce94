import { type AnyNumber, compareNumbers } from '@aegis/kit/numbers';
import { isMapping } from '../condition/mapping.ts';
import { isComparable, isScalar, type Scalar } from '../condition/matcher.ts';
import { isOrder, type Order } from '../condition/number.ts';
import { parseGlob } from '../glob.ts';
import { canMeet } from './satisfiable.ts';

/** More operators of one field, longer lists and longer texts are not compared with each other: so no policy takes long. */
const MOST_COMPARED = 8;
const LONGEST_COMPARED = 256;

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

/** Whether there is a number that is as the orders say; `whole` where there are only whole ones, from 0 to 2^53-1. */
export function hasRoom(said: readonly Said[], whole: boolean): boolean {
  const bounds = said.flatMap(([name, bound]) =>
    isOrder(name) && isComparable(bound) ? [{ name, bound }] : [],
  );
  const lowest = bounds.filter(({ name }) => name === 'gt' || name === 'gte');
  const highest = bounds.filter(({ name }) => name === 'lt' || name === 'lte');
  if (whole)
    return oneFits(
      wholeAbove(lowest),
      bounds.map(({ name, bound }) => [name, bound]),
    );
  return lowest.every((low) =>
    highest.every((high) => {
      const order = orderOf(low.bound, high.bound);
      return order < 0 || (order === 0 && low.name === 'gte' && high.name === 'lte');
    }),
  );
}

type Bound = { readonly name: Order; readonly bound: AnyNumber };

/** The whole numbers of which one is the least that is above these bounds, if any is: 0, and those around each. */
function wholeAbove(lowest: readonly Bound[]): number[] {
  const around = lowest.flatMap(({ bound }) => {
    const near = Math.floor(Number(bound));
    return [near - 1, near, near + 1, near + 2];
  });
  return [0, ...around].filter((value) => Number.isSafeInteger(value) && value >= 0);
}

/** A text as a glob that is for it alone. */
export const literally = (text: string): string => text.replaceAll(/[*?[]/g, '[$&]');

/** The globs of which a text has to match one to be as an operator says; undefined where it says nothing of that. */
export function globsOf([name, operand]: Said): readonly string[] | undefined {
  if (name === 'in')
    return Array.isArray(operand) && operand.every((one) => typeof one === 'string')
      ? operand.map(literally)
      : undefined;
  if (typeof operand !== 'string') return undefined;
  if (name === 'eq') return [literally(operand)];
  if (name === 'starts_with') return [`${literally(operand)}*`];
  if (name === 'ends_with') return [`*${literally(operand)}`];
  if (name === 'contains') return [`*${literally(operand)}*`];
  return name === 'glob' ? [operand] : undefined;
}

/** Whether some text matches one of these and one of those. */
export const someMeet = (ones: readonly string[], others: readonly string[]): boolean =>
  ones.some((one) => others.some((other) => canMeet(parseGlob(one), parseGlob(other))));

/** Whether a text can be as each two of these say. */
export function textsMeet(said: readonly Said[]): boolean {
  const each = said.flatMap((one) => {
    const globs = globsOf(one) ?? [];
    const isShort = globs.length <= MOST_COMPARED && globs.every((glob) => glob.length <= LONGEST_COMPARED);
    return globs.length > 0 && isShort ? [globs] : [];
  });
  if (each.length > MOST_COMPARED) return true;
  return each.every((ones, at) => each.slice(at + 1).every((others) => someMeet(ones, others)));
}
