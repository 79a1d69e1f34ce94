import {
  Digest,
  DryRunId,
  IdempotencyKey,
  Op as OpName,
  Principal,
  ServerName,
  ToolName,
} from '@aegis/contracts/call';
import { AppError, checkInput } from '@aegis/kit/errors';
import { isObject, parseStrictJson } from '@aegis/kit/json';
import { KeyName } from '@aegis/kit/keys';
import { parseDuration as parseAny } from '@aegis/kit/text';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';

/** A parser by a schema; wrong usage has the words of every other door. */
export const parseBy =
  (schema: z.ZodType<string>) =>
  (value: string): string => {
    const checked = checkInput(schema, value);
    if ('value' in checked) return checked.value;
    throw new InvalidArgumentError(`${checked.mistakes.map(({ why }) => why).join('; ')}.`);
  };

export const parseTool = parseBy(ToolName);
export const parseKeyName = parseBy(KeyName);
export const parsePrincipal = parseBy(Principal);
export const parseServerName = parseBy(ServerName);

export function parseDigest(value: string): string {
  if (Digest.safeParse(value).success) return value;
  throw new InvalidArgumentError('expected sha256: and 64 characters of 0-9 a-f.');
}

export const parseOp = parseBy(OpName);
export const parseDryRunId = parseBy(DryRunId);

/** It travels in a header, which takes Latin letters and signs only. */
export function parseIdempotencyKey(value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) throw new InvalidArgumentError('expected ASCII text.');
  return parseBy(IdempotencyKey)(value);
}

/** A parser of a whole number within bounds, both included; only digits are read. */
export function parseCount(min: number, max: number): (value: string) => number {
  return (value) => {
    const count = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (count >= min && count <= max) return count;
    throw new InvalidArgumentError(`expected an integer from ${min} to ${max}.`);
  };
}

/** A parser of a span of time such as `500ms`, `50s` or `2m`, up to `maxMs`; gives milliseconds. */
export function parseDuration(maxMs: number): (value: string) => number {
  return (value) => {
    const ms = parseAny(value, ['ms', 's', 'm']);
    if (ms !== undefined && ms <= maxMs) return ms;
    throw new InvalidArgumentError(`expected a time such as 500ms, 50s or 2m, at most ${maxMs / 60_000}m.`);
  };
}

const YEARS_MS = 3650 * 86_400_000;

/** A span of time such as `12h` or `90d`, in milliseconds. */
export function parseLifetime(value: string): number {
  const ms = parseAny(value, ['m', 'h', 'd']);
  if (ms !== undefined && ms <= YEARS_MS) return ms;
  throw new InvalidArgumentError('expected a time such as 30m, 12h or 90d, at most 3650d.');
}

/** Money in cents, written as digits only: `1e3`, `10.0` and ` 10` are refused. */
export const parseAmountCents = parseCount(0, Number.MAX_SAFE_INTEGER);

/** The call's arguments: a JSON object that every reader reads alike. */
export function parseArgs(value: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parseStrictJson(value);
  } catch (error) {
    const why = error instanceof AppError && error.code === 'invalid_request' ? error.message : 'not JSON';
    throw new InvalidArgumentError(why.replace(/^body/, 'args').replace(/\.?$/, '.'));
  }
  if (isObject(parsed)) return { ...parsed };
  throw new InvalidArgumentError('expected a JSON object.');
}

/** A point in time, as ISO 8601 with a zone, or a date, which is its midnight UTC; given back in UTC. */
export function parseTime(value: string): string {
  const isIso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value);
  const time = isIso ? new Date(value) : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new InvalidArgumentError('expected a time such as 2026-01-31 or 2026-01-31T12:00:00Z.');
}

/** A parser of an option that may be given more than once. */
export const collect =
  <T>(parse: (value: string) => T) =>
  (value: string, before: readonly T[] = []): T[] => [...before, parse(value)];

/** Who a person is where they make calls. */
export const CALLS_AS = [
  '--principal <principal>',
  'who they are where they make calls, such as key:laptop: they never approve these; may be repeated',
  collect(parsePrincipal),
] as const;
