import { CATALOGUE, type ErrorCode } from '@aegis/kit/errors';
import { z } from 'zod';
import { ApprovalItem } from './approvals.ts';

/** RFC 9457, with a stable `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(CATALOGUE) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  instance: z.string(),
});

/** Nothing was decided, and how the approval stands. */
export const StandingProblem = Problem.extend({ approval: ApprovalItem });

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
  401: 'No credential, or one that nobody has',
  403: 'The code is wrong, or this person may not do it',
  404: 'No such thing',
  409: 'It is already otherwise',
  412: 'It is not as you saw it: `If-Match` names another state',
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

/** The fault of a decision that came too late. */
export const STANDING = { 409: documented(StandingProblem, 'It stands otherwise; `approval` is how') };

/** What any question of an approver can be refused for. */
export const CREDENTIAL_FAULTS = [401, 403, 429] as const;

/** What any JSON body can be refused for, and what any question on the bus can fail with. */
export const BODY_FAULTS = [400, 413, 415, 422, 503] as const;
