import type { z } from 'zod';
import { isObject } from '../json/object.ts';
import { WrittenNumber, withDoubles } from '../numbers/mod.ts';
import { AppError } from './app-error.ts';

type Issue = z.core.$ZodIssue;

const SHOWN_DIGITS = 40;

/** One problem of a request in words that name the field, such as `amount_cents: expected an integer`. */
function sentence(issue: Issue): string {
  const path = issue.path.map(String).join('.');
  const given = issue.input instanceof WrittenNumber ? issue.input.text.slice(0, SHOWN_DIGITS) : undefined;
  if (given !== undefined && issue.code === 'unrecognized_keys')
    return `${path}: expected an object, not ${given}`;
  if (given !== undefined && issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `${path || 'body'}: expected ${issue.expected === 'int' ? 'number' : issue.expected}, not ${given}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[path, key].filter(Boolean).join('.')}: unknown field`).join('; ');
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  const message = missing ? 'required' : issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return `${path || 'body'}: ${message}`;
}

/** Every problem, the first first, joined by `; `. */
export const describeIssues = (error: z.ZodError): string => error.issues.map(sentence).join('; ');

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
  const written = schema.safeParse(input, { reportInput: true });
  if (written.success) return written.data;
  const meant = written.error.issues.reduce(
    (value, { path }) => withDoublesAt(withoutNull(value, path), path),
    input,
  );
  const parsed = meant === input ? written : schema.safeParse(meant, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_request', describeIssues(parsed.error));
}
