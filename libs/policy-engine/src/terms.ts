import { z } from 'zod';
import { EXPECTED_DURATION, parseDuration } from './duration.ts';

const MAX_APPROVERS = 100;
const EXPECTED_APPROVER =
  'expected the name of an approver or of a role: 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter or a digit';
const EXPECTED_APPROVERS = `expected a list of 1 to ${MAX_APPROVERS} names of approvers or roles`;
const EXPECTED_QUORUM = 'expected a whole number from 1 to 10';
const EXPECTED_REQUIRED = 'expected true or false';

const approver = z.string(EXPECTED_APPROVER).regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/, EXPECTED_APPROVER);
const duration = z
  .string(EXPECTED_DURATION)
  .refine((text) => parseDuration(text) !== undefined, EXPECTED_DURATION);

/** What a rule may say of the people that its calls go to. It changes nothing about which calls go to them. */
export const termFields = {
  approvers: z.optional(
    z.array(approver, EXPECTED_APPROVERS).min(1, EXPECTED_APPROVERS).max(MAX_APPROVERS, EXPECTED_APPROVERS),
  ),
  quorum: z.optional(z.int(EXPECTED_QUORUM).min(1, EXPECTED_QUORUM).max(10, EXPECTED_QUORUM)),
  expires_in: z.optional(duration),
  use_within: z.optional(duration),
  require_reason: z.optional(z.boolean(EXPECTED_REQUIRED)),
};
type RuleTerms = z.infer<z.ZodObject<typeof termFields>>;

/**
 * Who decides about a call that goes to a person, and until when: durations in milliseconds. What is absent is the
 * default: one person, whoever may approve, without a reason.
 */
export interface ApprovalTerms {
  readonly approvers?: readonly string[];
  readonly quorum?: number;
  readonly decide_within_ms?: number;
  readonly use_within_ms?: number;
  readonly require_reason?: true;
}

/** The terms of a validated rule; undefined where it has none. */
export function termsOf(rule: RuleTerms): ApprovalTerms | undefined {
  const { approvers, quorum, expires_in, use_within, require_reason } = rule;
  const decideWithinMs = expires_in === undefined ? undefined : parseDuration(expires_in);
  const useWithinMs = use_within === undefined ? undefined : parseDuration(use_within);
  const terms: ApprovalTerms = {
    ...(approvers && { approvers: [...approvers] }),
    ...(quorum !== undefined && { quorum }),
    ...(decideWithinMs !== undefined && { decide_within_ms: decideWithinMs }),
    ...(useWithinMs !== undefined && { use_within_ms: useWithinMs }),
    ...(require_reason === true && { require_reason }),
  };
  return Object.keys(terms).length === 0 ? undefined : terms;
}
