import type { Call } from '@aegis/contracts/call';
import { asCovered, isWholeRange } from '@aegis/contracts/grant-words';
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

/** Whether a call is one of those that a pattern means. What the pattern does not speak of, it does not cover. */
export function matchesPattern(pattern: CallPattern, call: Call): boolean {
  const named = ['tool', 'server', 'definition_digest', 'op'] as const;
  if (named.some((field) => pattern[field] !== call[field])) return false;
  if (!amountFits(pattern.max_amount_cents, call.amount_cents)) return false;
  if (!isEqual(pattern.input ?? null, call.input ?? null)) return false;
  const patterns = pattern.args ?? {};
  const args = call.args ?? {};
  return (
    Object.keys(args).every((key) => Object.hasOwn(patterns, key)) &&
    Object.entries(patterns).every(([key, one]) => covers(one, args, key))
  );
}

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
