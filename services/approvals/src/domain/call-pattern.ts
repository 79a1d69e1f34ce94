import type { Call } from '@aegis/contracts/call';
import { argumentWords, asCovered, isWholeRange } from '@aegis/contracts/grant-words';
import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { digestOf } from '@aegis/kit/json';
import { compareNumbers, isNumber, isWholeNumber, withPlainNumbers } from '@aegis/kit/numbers';
import { textKind } from '@aegis/kit/text';
import { type PlaceOperator, placeTest } from '@aegis/policy-engine';

type Args = Readonly<Record<string, unknown>>;
type Range = { readonly at_least?: number; readonly at_most: number };

/** Ways out of a folder that a text begins with: `..` as a part of a path, with any slash, and what is decoded to it. */
const CLIMBS = /(^|[/\\])\.\.([/\\]|$)|%2e|%2f|%5c|%25|\0/i;

function inRange(value: unknown, range: Range): boolean {
  const { at_least: least = 0, at_most: most } = range;
  if (!isNumber(value)) return false;
  const [below, above] = [compareNumbers(value, least), compareNumbers(value, most)];
  // Neither holds of what nobody can compare.
  if (below === undefined || below < 0 || above === undefined || above > 0) return false;
  return !isWholeRange(range) || isWholeNumber(value);
}

function isPlaced(operator: PlaceOperator, operand: string, value: unknown): boolean {
  const test = placeTest(operator, operand);
  return test.ok && test.covers(value);
}

/** What is a URL, a command or the like behind the same beginning is another thing. */
const startsSo = (value: unknown, start: string, key: string): boolean =>
  typeof value === 'string' &&
  isPlaced('starts_with', start, value) &&
  !CLIMBS.test(value) &&
  textKind([key], value) === undefined;

/** Members in any order, and equal numbers in whatever way they are written: `1` and `1.0` are one. */
const isEqual = (one: unknown, other: unknown): boolean =>
  digestOf(withPlainNumbers(one)) === digestOf(withPlainNumbers(other));

function covers(written: ArgumentPattern, args: Args, key: string): boolean {
  const pattern = asCovered(key, written);
  if ('any' in pattern) return true;
  if (!Object.hasOwn(args, key)) return false;
  const value = args[key];
  if ('equals' in pattern) return isEqual(value, pattern.equals);
  if ('at_most' in pattern) return inRange(value, pattern);
  if ('starts_with' in pattern) return startsSo(value, pattern.starts_with, key);
  return Object.entries(pattern).every(([name, operand]) => isPlaced(name as PlaceOperator, operand, value));
}

const amountFits = (most: number | undefined, amount: number | undefined): boolean =>
  most === undefined ? amount === undefined : amount !== undefined && amount <= most;

const FIELD_CHARS = 64;
const VALUE_CHARS = 200;

/** An argument's place in a pattern; a name that is not plain is quoted, and cut. */
export const argumentField = (name: string): string =>
  `pattern.args.${/^[\w-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, FIELD_CHARS))}`;

const said = (value: string | number | undefined): string =>
  value === undefined ? 'none' : JSON.stringify(value).slice(0, VALUE_CHARS);

function whyNotArgs(patterns: Readonly<Record<string, ArgumentPattern>>, args: Args): string | undefined {
  const unnamed = Object.keys(args).find((name) => !Object.hasOwn(patterns, name));
  if (unnamed !== undefined)
    return `${argumentField(unnamed)} is missing, and the call has it; {"any": true} covers whatever it is`;
  const [name, pattern] = Object.entries(patterns).find(([key, one]) => !covers(one, args, key)) ?? [];
  if (name === undefined || pattern === undefined) return undefined;
  if (!Object.hasOwn(args, name))
    return `${argumentField(name)} is of an argument that the call does not have`;
  return `${argumentField(name)} covers ${argumentWords(name, pattern).slice(0, VALUE_CHARS)}, and the call's is not that`;
}

/**
 * What keeps a call from being one of those that a pattern means, by its field; undefined where it is one. What the pattern
 * does not speak of, it does not cover.
 */
export function whyNotCovered(pattern: CallPattern, call: Call): string | undefined {
  for (const field of ['tool', 'server', 'definition_digest', 'op'] as const) {
    if (pattern[field] === call[field]) continue;
    return `pattern.${field} is ${said(pattern[field])}, and the call's is ${said(call[field])}`;
  }
  const { max_amount_cents: most } = pattern;
  if (!amountFits(most, call.amount_cents))
    return `pattern.max_amount_cents is ${said(most)}, and the call's amount is ${said(call.amount_cents)}`;
  if (!isEqual(pattern.input ?? null, call.input ?? null))
    return 'pattern.input is not what the call sends besides its arguments';
  return whyNotArgs(pattern.args ?? {}, call.args ?? {});
}

export const matchesPattern = (pattern: CallPattern, call: Call): boolean =>
  whyNotCovered(pattern, call) === undefined;

/** The same call again and again, up to its amount. */
export function patternOf(call: Call): CallPattern {
  const { tool, server, definition_digest, op, amount_cents, args, input } = call;
  return {
    tool,
    server,
    definition_digest,
    op,
    max_amount_cents: amount_cents,
    ...(args === undefined
      ? {}
      : { args: Object.fromEntries(Object.entries(args).map(([key, value]) => [key, { equals: value }])) }),
    ...(input === undefined ? {} : { input }),
  };
}
