import { approvalsCancel } from '@aegis/contracts/approvals';
import { fixtureOf } from '@aegis/contracts/fixture';
import { AppError, CATALOGUE, type ErrorCode } from '@aegis/kit/errors';
import { z } from 'zod';
import { ApprovalItem, toApprovalItem } from '../approval-item.ts';
import { problemOf } from '../http/problems.ts';

const example = (code: ErrorCode, detail: string, url = '/') =>
  problemOf(new AppError(code, detail), { id: '6f1b8f3e-58b8-4d7c-9a30-2f6f0a3f4f0a', url });

/** With a stable `code`. */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(CATALOGUE) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  instance: z.string(),
});

const Problem = problem.meta({
  id: 'Problem',
  description: 'RFC 9457 problem details',
  examples: [example('invalid_request', 'tool: required')],
});

const { approval } = fixtureOf(approvalsCancel).reply;
const StandingProblem = problem.extend({ approval: ApprovalItem }).meta({
  id: 'StandingProblem',
  description: 'Nothing was decided: it stands otherwise',
  examples: [
    { ...example('already_decided', 'It is cancelled already.'), approval: toApprovalItem(approval) },
  ],
});

/** A fault on `/guard/*`: also reads as a decision that allows nothing. */
export const GuardProblem = problem
  .extend({
    allowed: z.literal(false),
    approval_required: z.literal(false),
    reasons: z.array(z.string()),
  })
  .meta({
    id: 'GuardProblem',
    description: 'A fault: nothing was allowed',
    examples: [example('policy_unavailable', 'The policy service is not running.', '/guard/check')],
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
  413: 'The arguments, or a body without a call, are larger than 1 MiB; a body with a call is larger than 8 MiB',
  415: 'Not application/json',
  422: 'A wrong, missing or unknown field; `detail` names it',
  429: 'This caller has reached one of its limits, which `RateLimit-Policy` names, or too many requests wait for their turn; `Retry-After` says when to go on',
  503: 'The bus or a service is away: nothing was allowed',
} as const;

/** The faults of a route, for its description. */
export function problems(statuses: readonly (keyof typeof MEANINGS)[], schema: z.ZodType = Problem) {
  return Object.fromEntries(
    [...new Set([...statuses, 429 as const])].map((status) => [status, documented(schema, MEANINGS[status])]),
  );
}

/** The fault of a decision that came too late. */
export const STANDING = { 409: documented(StandingProblem, 'It stands otherwise; `approval` is how') };

/** What any question of an approver, and any read, can be refused for. */
export const CREDENTIAL_FAULTS = [401, 403, 429] as const;

/** What any call of an agent can be refused for. */
export const AGENT_FAULTS = [401, 403, 429] as const;

/** What any JSON body can be refused for, and what any question on the bus can fail with. */
export const BODY_FAULTS = [400, 413, 415, 422, 503] as const;
