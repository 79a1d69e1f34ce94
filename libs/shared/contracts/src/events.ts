import type { z } from 'zod';
import { ApprovalChanged } from './approvals.ts';
import { WriteAudit } from './audit.ts';
import { DecisionChecked, DecisionEnforced, IdempotencyAnswered } from './decision.ts';
import { GrantChanged } from './grants.ts';
import { PolicyPublished, PolicyRejected } from './policy.ts';
import { CallFailed, CallOutcomeUnknown, CallPassed, CallRefused, CallSucceeded } from './proxied-call.ts';
import { ToolAccepted, ToolChanged, ToolSeen } from './tool-definition.ts';
import { AgentWaiting } from './waiting.ts';
import { WebhookChanged } from './webhooks.ts';

/**
 * Every type of event that is written, and the schema of its `data`. A released type only ever gets optional facts; any other
 * change is a new version with an upcaster in read-event.ts, and the fixtures of the old one stay.
 */
export const EVENT_DATA = {
  'aegis.decision.enforced.v1': DecisionEnforced,
  'aegis.decision.checked.v1': DecisionChecked,
  'aegis.idempotency.answered.v1': IdempotencyAnswered,
  'aegis.approval.requested.v1': ApprovalChanged,
  'aegis.approval.endorsed.v1': ApprovalChanged,
  'aegis.approval.approved.v1': ApprovalChanged,
  'aegis.approval.denied.v1': ApprovalChanged,
  'aegis.approval.expired.v1': ApprovalChanged,
  'aegis.approval.cancelled.v1': ApprovalChanged,
  'aegis.approval.superseded.v1': ApprovalChanged,
  'aegis.approval.consumed.v1': ApprovalChanged,
  'aegis.agent.waiting.v1': AgentWaiting,
  'aegis.grant.given.v1': GrantChanged,
  'aegis.grant.used.v1': GrantChanged,
  'aegis.grant.revoked.v1': GrantChanged,
  'aegis.webhook.changed.v1': WebhookChanged,
  'aegis.call.succeeded.v1': CallSucceeded,
  'aegis.call.failed.v1': CallFailed,
  'aegis.call.outcome_unknown.v1': CallOutcomeUnknown,
  'aegis.call.passed.v1': CallPassed,
  'aegis.call.refused.v1': CallRefused,
  'aegis.tool.seen.v1': ToolSeen,
  'aegis.tool.changed.v1': ToolChanged,
  'aegis.tool.accepted.v1': ToolAccepted,
  'aegis.policy.published.v1': PolicyPublished,
  'aegis.policy.rejected.v1': PolicyRejected,
  'aegis.audit.written.v1': WriteAudit,
} as const;

/** What happens to an approval, each with the whole state after it. */
export const APPROVAL_EVENTS = [
  'aegis.approval.requested.v1',
  'aegis.approval.endorsed.v1',
  'aegis.approval.approved.v1',
  'aegis.approval.denied.v1',
  'aegis.approval.expired.v1',
  'aegis.approval.cancelled.v1',
  'aegis.approval.superseded.v1',
  'aegis.approval.consumed.v1',
] as const;

/** What happens to a grant, each with the whole state after it. */
export const GRANT_EVENTS = [
  'aegis.grant.given.v1',
  'aegis.grant.used.v1',
  'aegis.grant.revoked.v1',
] as const;

export type EventType = keyof typeof EVENT_DATA;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_DATA, type);
