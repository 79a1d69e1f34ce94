import type { Call } from '@aegis/contracts/call';
import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { digestOf } from '@aegis/kit/json';

type Args = Readonly<Record<string, unknown>>;

/** Ways out of a folder that a text begins with: `..` as a part of a path, with any slash, and what is decoded to it. */
const CLIMBS = /(^|[/\\])\.\.([/\\]|$)|%2e|%2f|%5c|%25|\0/i;

/** Equal is what has the same digest, as for a whole call: members in any order, `1` and `1.0` one number. */
function covers(pattern: ArgumentPattern, args: Args, key: string): boolean {
  if ('any' in pattern) return true;
  if (!Object.hasOwn(args, key)) return false;
  const value = args[key];
  if ('equals' in pattern) return digestOf(value) === digestOf(pattern.equals);
  if ('at_most' in pattern) return typeof value === 'number' && value <= pattern.at_most;
  return typeof value === 'string' && value.startsWith(pattern.starts_with) && !CLIMBS.test(value);
}

const amountFits = (most: number | undefined, amount: number | undefined): boolean =>
  most === undefined ? amount === undefined : amount !== undefined && amount <= most;

/** Whether a call is one of those that a pattern means. What the pattern does not speak of, it does not cover. */
export function matchesPattern(pattern: CallPattern, call: Call): boolean {
  const named = ['tool', 'server', 'definition_digest', 'op'] as const;
  if (named.some((field) => pattern[field] !== call[field])) return false;
  if (!amountFits(pattern.max_amount_cents, call.amount_cents)) return false;
  if (digestOf(pattern.input ?? null) !== digestOf(call.input ?? null)) return false;
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
