import type { z } from 'zod';
import { isObject } from '../json/object.ts';
import { WrittenNumber, withDoubles } from '../numbers/mod.ts';
import { AppError } from './app-error.ts';
import { issueWords, wrongType } from './issue-words.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong: which field, by its path (empty for the whole), and why, such as `expected a whole number`. */
export type Mistake = { readonly field: string; readonly why: string };

/** The branch of a union that was meant: the only one that has each field that was given, and misses none. */
function meantOf(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const isInside = ({ code, path, input }: Issue): boolean =>
    code !== 'unrecognized_keys' && path.length > 0 && input !== undefined;
  const meant = branches.filter((issues) => issues.every(isInside));
  return (meant.length === 1 && meant[0]) || [];
}

function mistakesOf(issue: Issue, outer: readonly PropertyKey[] = []): Mistake[] {
  const path = [...outer, ...issue.path];
  const field = path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    if (issue.input instanceof WrittenNumber) return [{ field, why: wrongType('object', issue.input) }];
    return issue.keys.map((key) => ({ field: [...path, key].map(String).join('.'), why: issue.message }));
  }
  if (issue.code === 'invalid_key') return [{ field, why: `as a name, ${issue.issues[0]?.message}` }];
  if (issue.code === 'invalid_union') {
    const meant = meantOf(issue.errors).flatMap((inner) => mistakesOf(inner, path));
    if (meant.length > 0) return meant;
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return [{ field, why: isMissing ? 'required' : issue.message }];
}

/** What a schema has against a value, the first first, in this project's words; the value as it was read otherwise. */
export type Checked<T> =
  | { readonly value: T }
  | { readonly mistakes: readonly Mistake[]; readonly issues: readonly Issue[] };

/** Checks what came from outside. Every door does by this, so that each mistake has one sentence at all of them. */
export function checkInput<S extends z.ZodType>(schema: S, input: unknown): Checked<z.output<S>> {
  const { success, data, error } = schema.safeParse(input, { reportInput: true, error: issueWords });
  if (success) return { value: data };
  const mistakes = new Map<string, Mistake>();
  for (const mistake of error.issues.flatMap((issue) => mistakesOf(issue)))
    mistakes.set(`${mistake.field}: ${mistake.why}`, mistake);
  return { mistakes: [...mistakes.values()], issues: error.issues };
}

/** More of them only fill an answer, and so does more of a name that the caller chose. */
const MOST_MISTAKES = 20;
const MOST_OF_NAME = 200;

const shortened = (name: string): string =>
  name.length > MOST_OF_NAME ? `${name.slice(0, MOST_OF_NAME).toWellFormed()}…` : name;

/** Mistakes as one sentence that names each field; `body` is the whole. */
export function describeMistakes(mistakes: readonly Mistake[]): string {
  const more = mistakes.length - MOST_MISTAKES;
  return [
    ...mistakes.slice(0, MOST_MISTAKES).map(({ field, why }) => `${shortened(field) || 'body'}: ${why}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

/** The value without the member at that path, where that is null. */
function withoutNull(value: unknown, [key, ...inner]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value) && typeof key === 'number' && inner.length > 0)
    return value.with(key, withoutNull(value[key], inner));
  if (!isObject(value) || key === undefined || !Object.hasOwn(value, key)) return value;
  const { [String(key)]: member, ...others } = value;
  if (inner.length === 0) return member === null ? others : value;
  return { ...value, [key]: withoutNull(member, inner) };
}

/** The value with doubles, where they say the same, in the place that a path leads to. */
function withDoublesAt(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined) return withDoubles(value);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const old = (value as Record<PropertyKey, unknown>)[key];
  const now = withDoublesAt(old, rest);
  if (now === old) return value;
  return Array.isArray(value) ? value.with(Number(key), now) : { ...value, [key]: now };
}

/**
 * Parses, or throws `invalid_request` with a detail that names the field. Where the schema doesn't take them, null is
 * absent (Python, Go and C# write it for what is left out), and a number is a double that is exactly it: `1.0` is 1.
 */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const written = checkInput(schema, input);
  if ('value' in written) return written.value;
  const meant = written.issues.reduce(
    (value, { path }) => withDoublesAt(withoutNull(value, path), path),
    input,
  );
  const checked = meant === input ? written : checkInput(schema, meant);
  if ('value' in checked) return checked.value;
  throw new AppError('invalid_request', describeMistakes(checked.mistakes));
}
