import { faultOfRoot } from '../path/within.ts';
import { EXPECTED_WEEKDAY, isWeekday } from './clock.ts';
import { equal, faultOfScalars, having, notEqual, oneOf } from './equality.ts';
import { isCents } from './facts.ts';
import type { Field, FieldKind } from './field.ts';
import { isExact, isFiniteNumber, type Matcher, type Scalar } from './matcher.ts';
import { isOrder, type Order, ofLength, ordered } from './number.ts';
import { pathWithin } from './path.ts';
import { suggest } from './suggest.ts';
import { containing, endingWith, matchingGlob, startingWith } from './text.ts';

/** A matcher, or what was expected of the operand. */
export type Built =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly error: string };

type Builder = (operand: unknown, kind: FieldKind) => Built;

const MAX_TEXT = 4096;
const MAX_GLOB = 512;

const BUILDERS: Readonly<Record<string, Builder>> = {
  eq: (operand, kind) => buildScalar(equal, operand, kind),
  ne: (operand, kind) => buildScalar(notEqual, operand, kind),
  in: buildIn,
  lt: (operand, kind) => buildOrder('lt', operand, kind),
  lte: (operand, kind) => buildOrder('lte', operand, kind),
  gt: (operand, kind) => buildOrder('gt', operand, kind),
  gte: (operand, kind) => buildOrder('gte', operand, kind),
  starts_with: (operand) => buildText(startingWith, operand, MAX_TEXT),
  ends_with: (operand) => buildText(endingWith, operand, MAX_TEXT),
  contains: (operand) => buildText(containing, operand, MAX_TEXT),
  glob: (operand) => buildText(matchingGlob, operand, MAX_GLOB),
  has: (operand) => buildScalar(having, operand, 'anything'),
  length: buildLength,
  path_within: buildPath,
};

/** `exists` asks for the field and not for its value, so it is built with the clause. */
export const EXISTS = 'exists';
const NAMES = [...Object.keys(BUILDERS), EXISTS];
const OF_NUMBERS = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte'];
const OF_TEXT = ['eq', 'ne', 'in', 'starts_with', 'ends_with', 'contains', 'glob', 'length'];
const OPERATORS_OF: Readonly<Record<FieldKind, readonly string[]>> = {
  anything: Object.keys(BUILDERS),
  text: OF_TEXT,
  number: OF_NUMBERS,
  hour: OF_NUMBERS,
  weekday: ['eq', 'ne', 'in'],
};

/** The matcher of one operator for a field. The error says what is wrong with the operator or its operand. */
export function buildOperator(name: string, operand: unknown, { text, kind }: Field): Built {
  const builder = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  if (builder === undefined) return refuse(unknownOperator(name));
  const usable = OPERATORS_OF[kind];
  if (!usable.includes(name))
    return refuse(`can't be used with ${text}; expected one of ${usable.join(', ')}`);
  return builder(operand, kind);
}

function unknownOperator(name: string): string {
  if (name === 'not' || name === 'all' || name === 'any') {
    return `unknown operator; ${name} stands outside, around the field`;
  }
  const meant = suggest(name, NAMES);
  return meant === undefined
    ? `unknown operator; expected one of ${NAMES.join(', ')}`
    : `unknown operator; did you mean ${meant}?`;
}

function buildScalar(make: (operand: Scalar) => Matcher, operand: unknown, kind: FieldKind): Built {
  const error = faultOfScalars([operand]) ?? faultForKind(operand, kind);
  return error === undefined ? take(make(operand as Scalar)) : refuse(error);
}

function buildIn(operand: unknown, kind: FieldKind): Built {
  if (!Array.isArray(operand) || operand.length === 0) return refuse('expected a list of one or more values');
  const values: readonly unknown[] = operand;
  const kindFaults = values.map((value) => faultForKind(value, kind));
  const error = faultOfScalars(values) ?? kindFaults.find((fault) => fault !== undefined);
  return error === undefined ? take(oneOf(values as [Scalar, ...Scalar[]])) : refuse(error);
}

/** A comparison that can never hold, because the field has other values, is a mistake. */
function faultForKind(operand: unknown, kind: FieldKind): string | undefined {
  if (kind === 'text' && typeof operand !== 'string') return 'expected text';
  if (kind === 'number' && !isCents(operand)) return 'expected a whole number of cents';
  if (kind === 'hour' && !(isCents(operand) && operand <= 23)) return 'expected a whole number from 0 to 23';
  return kind === 'weekday' && !isWeekday(operand) ? EXPECTED_WEEKDAY : undefined;
}

function buildOrder(order: Order, operand: unknown, kind: FieldKind): Built {
  if (!isFiniteNumber(operand) || !isExact(operand)) return refuse('expected a number');
  const isHour = Number.isInteger(operand) && operand >= 0 && operand <= 24;
  if (kind === 'hour' && !isHour) return refuse('expected a whole number from 0 to 24');
  return take(ordered(order, operand));
}

function buildText(make: (operand: string) => Matcher, operand: unknown, max: number): Built {
  const isFit =
    typeof operand === 'string' && operand !== '' && operand.length <= max && operand.isWellFormed();
  return isFit ? take(make(operand)) : refuse(`expected text of 1 to ${max} characters`);
}

function buildLength(operand: unknown): Built {
  const expected = 'expected a whole number, or a comparison such as {lte: 100}';
  if (isCents(operand)) return take(ofLength([equal(operand)]));
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) return refuse(expected);
  const entries = Object.entries(operand);
  if (entries.length === 0) return refuse(expected);
  const matchers: Matcher[] = [];
  for (const [name, value] of entries) {
    const isNumeric = name === 'eq' || name === 'ne' || name === 'in' || isOrder(name);
    const built = isNumeric
      ? buildOperator(name, value, { text: 'length', kind: 'number', keys: undefined })
      : undefined;
    if (!built?.ok) return refuse(expected);
    matchers.push(built.matcher);
  }
  return take(ofLength(matchers));
}

function buildPath(operand: unknown): Built {
  const roots: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (roots.length === 0) return refuse('expected a path or a list of one or more paths');
  const faults = roots.map(faultOfRoot);
  const error = faults.find((fault) => fault !== undefined);
  return error === undefined ? take(pathWithin(roots as readonly string[])) : refuse(error);
}

function take(matcher: Matcher): Built {
  return { ok: true, matcher };
}

function refuse(error: string): Built {
  return { ok: false, error };
}
