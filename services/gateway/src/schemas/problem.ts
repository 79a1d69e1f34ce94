import { CATALOGUE, type ErrorCode } from '@aegis/shared/errors/catalogue';
import { z } from 'zod';

/** RFC 9457, with a stable `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(CATALOGUE) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  instance: z.string(),
});

/** A fault on `/guard/*`: also reads as a decision that allows nothing. */
export const GuardProblem = Problem.extend({
  allowed: z.literal(false),
  approval_required: z.literal(false),
  reasons: z.array(z.string()),
});

const documented = (schema: z.ZodType, meaning: string) => ({
  description: meaning,
  content: { 'application/problem+json': { schema } },
});

const MEANINGS = {
  400: 'Not JSON',
  403: 'The code is wrong',
  404: 'No such thing',
  409: 'It is already otherwise',
  413: 'Larger than 1 MiB',
  415: 'Not application/json',
  422: 'A wrong, missing or unknown field; `detail` names it',
  429: 'Too many wrong codes',
  503: 'The bus or a service is away: nothing was allowed',
} as const;

/** The faults of a route, for its description. */
export function problems(statuses: readonly (keyof typeof MEANINGS)[], schema: z.ZodType = Problem) {
  return Object.fromEntries(statuses.map((status) => [status, documented(schema, MEANINGS[status])]));
}

/** What any JSON body can be refused for, and what any question on the bus can fail with. */
export const BODY_FAULTS = [400, 413, 415, 422, 503] as const;
