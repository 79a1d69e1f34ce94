import * as approvals from './approvals.ts';
import * as audit from './audit.ts';
import * as codes from './codes.ts';
import * as decision from './decision.ts';
import * as firstApprover from './first-approver.ts';
import * as grants from './grants.ts';
import { healthOf, WITH_HEALTH } from './health.ts';
import * as identities from './identities.ts';
import * as policy from './policy.ts';
import type { Rpc } from './rpc.ts';
import * as toolDefinition from './tool-definition.ts';
import * as webhooks from './webhooks.ts';

const AREAS = [
  policy,
  identities,
  decision,
  approvals,
  codes,
  toolDefinition,
  grants,
  firstApprover,
  webhooks,
  audit,
];

const isRpc = (value: unknown): value is Rpc =>
  typeof value === 'object' && value !== null && 'verb' in value && 'askedBy' in value;

const all = [
  ...AREAS.flatMap((area) => Object.values<unknown>(area)).filter(isRpc),
  ...WITH_HEALTH.map(healthOf),
];

/** Every question on the bus, by `<service>.<verb>`: all that the areas define. */
export const RPCS: ReadonlyMap<string, Rpc> = new Map(all.map((one) => [`${one.service}.${one.verb}`, one]));
