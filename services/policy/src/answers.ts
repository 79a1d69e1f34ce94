import { effectivePolicy, evaluate, migratePolicy, validatePolicy } from '@aegis/policy-engine';
import type { Bus } from '@aegis/shared/bus/bus';
import type { CheckReply, CheckRequest } from '@aegis/shared/contracts/decision';
import type { PolicyGetReply, PolicyMigrateReply, PolicyValidateReply } from '@aegis/shared/contracts/policy';
import { checkSubject } from '@aegis/shared/contracts/subjects';
import { createEvent } from '@aegis/shared/runtime/event';
import type { ActivePolicy } from './active.ts';

const OUTCOME = { allow: 'allowed', review: 'review', deny: 'blocked' } as const;

/** What the policy in force says of a call. */
export function check({ published, compiled }: ActivePolicy, request: CheckRequest): CheckReply {
  const { decision, allowed, approval_required, reasons, rule } = evaluate(compiled, request);
  return {
    decision,
    allowed,
    approval_required,
    reasons,
    ...(rule === undefined ? {} : { rule }),
    policy_digest: published.digest,
    policy_version: published.version,
  };
}

/** Tells whoever listens of an advisory check. Not part of the record: losing one loses nothing. */
export function announce(bus: Bus, request: CheckRequest, reply: CheckReply, now: Date): void {
  if (!bus.isUp()) return;
  const outcome = OUTCOME[reply.decision];
  const { reasons, rule, policy_digest } = reply;
  const { on_record: _, ...call } = request;
  const data = { ...call, outcome, reasons, policy_digest, ...(rule === undefined ? {} : { rule }) };
  const event = createEvent({
    type: 'aegis.decision.checked.v1',
    source: 'policy',
    subject: request.tool,
    time: now.toISOString(),
    data,
  });
  bus.link.send({ subject: checkSubject(outcome), payload: JSON.stringify(event) });
}

export const get = ({ published }: ActivePolicy): PolicyGetReply => ({
  policy: published.policy,
  path: published.path,
  digest: published.digest,
  version: published.version,
});

/** Whether a document is a policy; a version 1 one is migrated in memory, and a note says so. */
export function validate(document: unknown): PolicyValidateReply {
  const valid = validatePolicy(document);
  if (!valid.ok) return { ok: false, errors: valid.errors, version: 2, migrated: false, notes: [] };
  const { migrated, notes } = migratePolicy(valid.policy);
  return { ok: true, errors: [], version: 2, migrated, notes };
}

/** The document as version 2. */
export function migrate(document: unknown): PolicyMigrateReply {
  const valid = validatePolicy(document);
  if (!valid.ok) return { ok: false, version: 2, errors: valid.errors, notes: [] };
  const { policy, notes } = migratePolicy(valid.policy);
  return { ok: true, version: 2, policy: { ...effectivePolicy(policy) }, errors: [], notes };
}
