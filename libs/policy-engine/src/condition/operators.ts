import { faultOfRoot } from '../path/within.ts';
import { faultOfDomain, faultOfHost } from '../url/host-list.ts';
import { faultOfUrl } from '../url/url-within.ts';
import { EXPECTED_WEEKDAY, isWeekday } from './clock.ts';
import { every, some } from './elements.ts';
import { equal, faultOfScalars, having, notEqual, oneOf } from './equality.ts';
import { CENTS, isCents } from './facts.ts';
import type { Field, FieldKind } from './field.ts';
import { isMapping } from './mapping.ts';
import { instead, isComparable, type Matcher, type Scalar } from './matcher.ts';
import { isOrder, type Order, ofLength, ordered } from './number.ts';
import { emailDomainIn, hostIn, pathWithin, urlWithin } from './places.ts';
import { suggest } from './suggest.ts';
import { containing, endingWith, matchingGlob, startingWith, type TextMatcher } from './text.ts';

/** A matcher, or what was expected of the operand, and where in it. */
export type Built =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly error: string; readonly at?: readonly string[] };

type Builder = (operand: unknown, kind: FieldKind, ignoreCase: boolean) => Built;

const MAX_TEXT = 4096;
const MAX_GLOB = 512;

/** Of comparisons of text, each of which may stand beside `ignore_case`. */
const TEXT_BUILDERS: Readonly<Record<string, Builder>> = {
  eq: (operand, kind, ignoreCase) => buildScalar(equal, operand, kind, ignoreCase),
  ne: (operand, kind, ignoreCase) => buildScalar(notEqual, operand, kind, ignoreCase),
  in: buildIn,
  starts_with: (operand, _, ignoreCase) => buildText(startingWith, operand, MAX_TEXT, ignoreCase),
  ends_with: (operand, _, ignoreCase) => buildText(endingWith, operand, MAX_TEXT, ignoreCase),
  contains: (operand, _, ignoreCase) => buildText(containing, operand, MAX_TEXT, ignoreCase),
  glob: (operand, _, ignoreCase) => buildText(matchingGlob, operand, MAX_GLOB, ignoreCase),
  has: (operand, _, ignoreCase) => buildScalar(having, operand, 'anything', ignoreCase),
};

const BUILDERS: Readonly<Record<string, Builder>> = {
  ...TEXT_BUILDERS,
  lt: (operand, kind) => buildOrder('lt', operand, kind),
  lte: (operand, kind) => buildOrder('lte', operand, kind),
  gt: (operand, kind) => buildOrder('gt', operand, kind),
  gte: (operand, kind) => buildOrder('gte', operand, kind),
  length: buildLength,
  path_within: (operand) => buildPlaces(pathWithin, operand, faultOfRoot, 'path'),
  url_within: (operand) => buildPlaces(urlWithin, operand, faultOfUrl, 'URL'),
  host_in: (operand) => buildPlaces(hostIn, operand, faultOfHost, 'host'),
  email_domain_in: (operand) => buildPlaces(emailDomainIn, operand, faultOfDomain, 'domain'),
  every: (operand) => buildElements(every, operand),
  some: (operand) => buildElements(some, operand),
};

/** `exists` asks for the field and not for its value, so it is built with the clause. */
export const EXISTS = 'exists';
/** Says how the comparisons of text beside it compare. */
export const IGNORE_CASE = 'ignore_case';
const NAMES = [...Object.keys(BUILDERS), EXISTS, IGNORE_CASE];
/** Inside of `every` and `some`: what an element is, it is there. */
const OF_ELEMENTS = Object.keys(BUILDERS).filter((name) => name !== 'every' && name !== 'some');
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
export function buildOperator(
  name: string,
  operand: unknown,
  { text, kind }: Field,
  ignoreCase = false,
): Built {
  const builder = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  if (builder === undefined) return refuse(unknownOperator(name));
  const usable = OPERATORS_OF[kind];
  if (!usable.includes(name))
    return refuse(`can't be used with ${text}; expected one of ${usable.join(', ')}`);
  return builder(operand, kind, ignoreCase);
}

/** Whether the operators of one field ignore case, or why what they say of it is a mistake. */
export function readIgnoreCase(
  operators: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly ignoreCase: boolean } | { readonly ok: false; readonly error: string } {
  if (!Object.hasOwn(operators, IGNORE_CASE)) return { ok: true, ignoreCase: false };
  const ignoreCase = operators[IGNORE_CASE];
  if (typeof ignoreCase !== 'boolean') return { ok: false, error: 'expected true or false' };
  if (Object.keys(operators).some((name) => Object.hasOwn(TEXT_BUILDERS, name)))
    return { ok: true, ignoreCase };
  return { ok: false, error: `expected beside one of ${Object.keys(TEXT_BUILDERS).join(', ')}` };
}

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['=', 'eq'],
  ['==', 'eq'],
  ['===', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'lte'],
  ['>', 'gt'],
  ['>=', 'gte'],
]);

/** The operator that somebody meant who writes conditions as a language of programs does; undefined where none is near. */
export const operatorMeant = (word: string): string | undefined =>
  OPERATORS.get(word) ?? (NAMES.includes(word) ? word : suggest(word, NAMES));

function unknownOperator(name: string): string {
  if (name === 'not' || name === 'all' || name === 'any') {
    return `unknown operator; ${name} stands outside, around the field`;
  }
  const meant = suggest(name, NAMES);
  return meant === undefined
    ? `unknown operator; expected one of ${NAMES.join(', ')}`
    : `unknown operator; did you mean ${meant}?`;
}

function buildScalar(
  make: (operand: Scalar, ignoreCase: boolean) => Matcher,
  operand: unknown,
  kind: FieldKind,
  ignoreCase: boolean,
): Built {
  const error =
    faultOfScalars([operand]) ?? faultForKind(operand, kind) ?? faultOfCase([operand], ignoreCase);
  return error === undefined ? take(make(operand as Scalar, ignoreCase)) : refuse(error);
}

function buildIn(operand: unknown, kind: FieldKind, ignoreCase: boolean): Built {
  if (!Array.isArray(operand) || operand.length === 0) return refuse('expected a list of one or more values');
  const values: readonly unknown[] = operand;
  const kindFaults = values.map((value) => faultForKind(value, kind));
  const error =
    faultOfScalars(values) ??
    kindFaults.find((fault) => fault !== undefined) ??
    faultOfCase(values, ignoreCase);
  return error === undefined ? take(oneOf(values as [Scalar, ...Scalar[]], ignoreCase)) : refuse(error);
}

/** What has no case can't be compared without it. */
function faultOfCase(operands: readonly unknown[], ignoreCase: boolean): string | undefined {
  const isText = operands.every((operand) => typeof operand === 'string');
  return ignoreCase && !isText ? `expected text, because of ${IGNORE_CASE}` : undefined;
}

/** A comparison that can never hold, because the field has other values, is a mistake. */
function faultForKind(operand: unknown, kind: FieldKind): string | undefined {
  if (kind === 'text' && typeof operand !== 'string') return 'expected text';
  if (kind === 'number' && !isCents(operand)) return `expected ${CENTS}`;
  if (kind === 'hour' && !(isCents(operand) && operand <= 23)) return 'expected a whole number from 0 to 23';
  return kind === 'weekday' && !isWeekday(operand) ? EXPECTED_WEEKDAY : undefined;
}

function buildOrder(order: Order, operand: unknown, kind: FieldKind): Built {
  if (!isComparable(operand)) return refuse(instead(operand, 'a number'));
  const isHour = isCents(operand) && operand <= 24;
  if (kind === 'hour' && !isHour) return refuse('expected a whole number from 0 to 24');
  return take(ordered(order, operand));
}

function buildText(make: TextMatcher, operand: unknown, max: number, ignoreCase: boolean): Built {
  const isFit =
    typeof operand === 'string' && operand !== '' && operand.length <= max && operand.isWellFormed();
  return isFit ? take(make(operand, ignoreCase)) : refuse(`expected text of 1 to ${max} characters`);
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

function buildPlaces(
  make: (places: readonly string[]) => Matcher,
  operand: unknown,
  faultOf: (place: unknown) => string | undefined,
  noun: string,
): Built {
  const places: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (places.length === 0) return refuse(`expected a ${noun} or a list of one or more ${noun}s`);
  const error = places.map(faultOf).find((fault) => fault !== undefined);
  return error === undefined ? take(make(places as readonly string[])) : refuse(error);
}

const ELEMENT: Field = { text: 'an element', kind: 'anything', keys: undefined };

/** All operators that stand below `every` or `some` are for the same element. */
function buildElements(make: (matchers: readonly Matcher[]) => Matcher, operand: unknown): Built {
  if (!isMapping(operand) || Object.keys(operand).length === 0)
    return refuse('expected a comparison of an element, such as {starts_with: a}');
  const read = readIgnoreCase(operand);
  if (!read.ok) return { ...read, at: [IGNORE_CASE] };
  const matchers: Matcher[] = [];
  for (const [name, value] of Object.entries(operand).filter(([key]) => key !== IGNORE_CASE)) {
    const isMisplaced = NAMES.includes(name) && !OF_ELEMENTS.includes(name);
    const built = isMisplaced
      ? refuse(`can't be used with an element; expected one of ${OF_ELEMENTS.join(', ')}`)
      : buildOperator(name, value, ELEMENT, read.ignoreCase);
    if (!built.ok) return { ...built, at: [name, ...(built.at ?? [])] };
    matchers.push(built.matcher);
  }
  return take(make(matchers));
}

function take(matcher: Matcher): Built {
  return { ok: true, matcher };
}

function refuse(error: string): Extract<Built, { readonly ok: false }> {
  return { ok: false, error };
}
