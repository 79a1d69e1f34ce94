import type { z } from 'zod';
import { AppError } from './app-error.ts';

type Issue = z.core.$ZodIssue;

/** One problem of a request in words that name the field, such as `amount_cents: expected an integer`. */
function sentence(issue: Issue): string {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[path, key].filter(Boolean).join('.')}: unknown field`).join('; ');
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  const message = missing ? 'required' : issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return `${path || 'body'}: ${message}`;
}

/** Every problem, the first first, joined by `; `. */
export const describeIssues = (error: z.ZodError): string => error.issues.map(sentence).join('; ');

/** Parses, or throws `invalid_request` with a detail that names the field. */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_request', describeIssues(parsed.error));
}
