import type { z } from 'zod';
import { APPROVAL_DEFINITIONS } from './approval.ts';
import { APPROVER_DEFINITIONS } from './approver.ts';
import { AUDIT_DEFINITIONS } from './audit.ts';
import { BODY_DEFINITIONS } from './body.ts';
import { CALL_DEFINITIONS } from './call.ts';
import { DECISION_DEFINITIONS } from './decision.ts';
import { GRANT_DEFINITIONS } from './grant.ts';
import { IDENTITY_DEFINITIONS, IMPORT_DEFINITIONS } from './identity.ts';
import { POLICY_DEFINITIONS } from './policy.ts';
import { TOOL_DEFINITIONS } from './tool.ts';
import { WAITING_DEFINITIONS } from './waiting.ts';
import { WEBHOOK_DEFINITIONS } from './webhook.ts';

export { type Channel, type EventDefinition, type Flat, sameWords } from './event.ts';
export { agentDigest } from './waiting.ts';

/**
 * Every type of event that is written, with its definition. A released type only ever gets optional facts; any other change
 * is a new version with an upcaster in read-event.ts, and the fixtures of the old one stay.
 */
export const EVENT_TYPES = {
  ...DECISION_DEFINITIONS,
  ...APPROVAL_DEFINITIONS,
  ...WAITING_DEFINITIONS,
  ...GRANT_DEFINITIONS,
  ...BODY_DEFINITIONS,
  ...IDENTITY_DEFINITIONS,
  ...IMPORT_DEFINITIONS,
  ...APPROVER_DEFINITIONS,
  ...WEBHOOK_DEFINITIONS,
  ...CALL_DEFINITIONS,
  ...TOOL_DEFINITIONS,
  ...POLICY_DEFINITIONS,
  ...AUDIT_DEFINITIONS,
};

export type EventType = keyof typeof EVENT_TYPES;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_TYPES)[T]['schema']>;

/** What happens to an approval. */
export const APPROVAL_EVENTS = Object.keys(APPROVAL_DEFINITIONS) as (keyof typeof APPROVAL_DEFINITIONS)[];
/** What happens to an identity. */
export const IDENTITY_EVENTS = Object.keys(IDENTITY_DEFINITIONS) as (keyof typeof IDENTITY_DEFINITIONS)[];
/** What happens to a grant. */
export const GRANT_EVENTS = Object.keys(GRANT_DEFINITIONS) as (keyof typeof GRANT_DEFINITIONS)[];

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);
