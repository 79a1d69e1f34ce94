import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { CheckReply, CheckRequest } from '@aegis/contracts/decision';
import type { PolicyGetReply, PolicyMigrateReply, PolicyValidateReply } from '@aegis/contracts/policy';
import { checkSubject } from '@aegis/contracts/subjects';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import {
  advisePolicy,
  effectivePolicy,
  evaluate,
  migratePolicy,
  type OwnReach,
  type ApprovalTerms as RuleTerms,
  validatePolicy,
} from '@aegis/policy-engine';
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
  } = reply;
  const data = { tool, op, amount_cents, principal, via, outcome, reasons, policy_digest, rule, built_in };
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

/** Whether a document is a policy; a version 1 one is migrated in memory, and a note says so. So do warnings. */
export function validate(document: unknown): PolicyValidateReply {
  const valid = validatePolicy(document);
  if (!valid.ok) return { ok: false, errors: valid.errors, version: 2, migrated: false, notes: [] };
  const { migrated, notes } = migratePolicy(valid.policy);
  const warnings = advisePolicy(valid.policy).map((warning) => `Warning: ${warning}`);
  return { ok: true, errors: [], version: 2, migrated, notes: [...notes, ...warnings] };
}

/** The document as version 2. */
export function migrate(document: unknown): PolicyMigrateReply {
  const valid = validatePolicy(document);
  if (!valid.ok) return { ok: false, version: 2, errors: valid.errors, notes: [] };
  const { policy, notes } = migratePolicy(valid.policy);
  return { ok: true, version: 2, policy: { ...effectivePolicy(policy) }, errors: [], notes };
}
