import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { CheckReply, CheckRequest } from '@aegis/contracts/decision';
import type { PolicyGetReply } from '@aegis/contracts/policy';
import { checkSubject } from '@aegis/contracts/subjects';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { evaluate, type OwnReach, type ApprovalTerms as RuleTerms } from '@aegis/policy-engine';
import type { ActivePolicy } from '@aegis/replicas/policy';

const OUTCOME = { allow: 'allowed', review: 'review', deny: 'blocked' } as const;

/** The engine's terms as they go over the bus. */
const toTerms = ({ approvers, ...terms }: RuleTerms): ApprovalTerms => ({
  approvers: approvers && [...approvers],
  ...terms,
});

/** What the policy in force, and what is built in, say of a call, at a moment: rules may ask for the time of day. */
export function check(
  { published, compiled }: ActivePolicy,
  own: OwnReach,
  request: CheckRequest,
  at: Date,
): CheckReply {
  const { terms, ...said } = evaluate(compiled, { ...request, at }, { own });
  return {
    ...said,
    terms: terms && toTerms(terms),
    policy_digest: published.digest,
    policy_version: published.version,
  };
}

/**
 * Tells whoever listens of an advisory check. Not part of the record: losing one loses nothing. The arguments stay out of
 * it, because whoever may listen need not see them.
 */
export function announce(bus: Bus, request: CheckRequest, reply: CheckReply, now: Date): void {
  if (!bus.isUp()) return;
  const outcome = OUTCOME[reply.decision];
  const { tool, principal, via } = request;
  const {
    reasons,
    rule,
    built_in,
    policy_digest,
    op = request.op,
    amount_cents = request.amount_cents,
    currency,
  } = reply;
  const data = {
    tool,
    op,
    amount_cents,
    currency,
    principal,
    via,
    outcome,
    reasons,
    policy_digest,
    rule,
    built_in,
  };
  const event = createEvent({
    type: 'aegis.decision.checked.v1',
    source: 'policy',
    subject: tool,
    time: now.toISOString(),
    data,
  });
  bus.live.publish(checkSubject(outcome), JSON.stringify(event));
}

export const get = ({ published }: ActivePolicy): PolicyGetReply => ({
  policy: published.policy,
  path: published.path,
  digest: published.digest,
  version: published.version,
});
