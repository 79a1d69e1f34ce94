/**
 * Every subject of the bus, in one place.
 *
 * Requests are core NATS request/reply on `aegis.rpc.<service>.<verb>`; facts are written to `aegis.log.>` and read by
 * outsiders on `aegis.events.>`, where the stream republishes what it stored.
 */

/** Stream of record: every fact, in one order. */
export const STREAM = 'AEGIS';
/** Advisory checks: in memory, bounded, not part of the record. */
export const CHECKS_STREAM = 'AEGIS_CHECKS';
/** One-shot message schedules that wake the approvals service. */
export const TIMERS_STREAM = 'AEGIS_TIMERS';
/** Durable consumer of fired timers on {@link TIMERS_STREAM}. */
export const TIMERS_CONSUMER = 'approvals';

/** Notices on their way to webhooks: one subject and one durable consumer a webhook. */
export const DELIVERIES_STREAM = 'AEGIS_DELIVERIES';
/** What became of attempts to deliver; bounded. */
export const DELIVERED_STREAM = 'AEGIS_DELIVERED';
/** Durable consumer of approval events on {@link STREAM}, for whoever makes notices of them. */
export const NOTICES_CONSUMER = 'notices';

export const LOG = 'aegis.log';
export const EVENTS = 'aegis.events';

export const SERVICES = ['policy', 'enforcer', 'approvals', 'audit', 'gateway', 'mcp'] as const;
export type ServiceName = (typeof SERVICES)[number];

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** One subject token, or a RangeError: a token outside `[A-Za-z0-9_-]` could widen a subject. */
function token(value: string): string {
  if (!TOKEN.test(value)) throw new RangeError(`not a subject token: ${JSON.stringify(value)}`);
  return value;
}

/** `aegis.rpc.<service>.<verb>` */
export const rpcSubject = (service: ServiceName, verb: string): string =>
  `aegis.rpc.${service}.${token(verb)}`;

export const POLICY_LOG = `${LOG}.policy`;
export const AUDIT_LOG = `${LOG}.audit`;
export const APPROVALS_LOG = `${LOG}.approval.>`;
export const DECISIONS_LOG = `${LOG}.decision.>`;

/** `aegis.log.decision.enforce.<outcome>` */
export const enforceLog = (outcome: 'allowed' | 'pending' | 'blocked'): string =>
  `${LOG}.decision.enforce.${outcome}`;

/** `aegis.log.approval.<approval_id>`: one exact subject an aggregate, so that compare-and-set guards it. */
export const approvalLog = (approvalId: string): string => `${LOG}.approval.${token(approvalId)}`;

/** `aegis.log.idempotency.<key_digest>`: the answer once given for an idempotency key. */
export const idempotencyLog = (keyDigest: string): string => `${LOG}.idempotency.${token(keyDigest)}`;

export const GRANTS_LOG = `${LOG}.grant.*`;
/** `aegis.log.grant.<grant_id>`: one exact subject a grant, so that no use passes its revocation. */
export const grantLog = (grantId: string): string => `${LOG}.grant.${token(grantId)}`;

/** `aegis.log.waiting.<digest of the principal>`: what an agent waits for; compare-and-set keeps its limit. */
export const waitingLog = (principalDigest: string): string => `${LOG}.waiting.${token(principalDigest)}`;
export const WAITING_LOG = `${LOG}.waiting.*`;

export const WEBHOOK_LOG = `${LOG}.webhook`;

export const CALLS_LOG = `${LOG}.call.*`;
/** What servers say of their tools, and what an approver accepted of it. */
export const TOOLS_LOG = `${LOG}.tool.>`;

/** `aegis.log.call.<call_id>`: how a call through the firewall ended. Compare-and-set from nothing: a call ends once. */
export const callLog = (callId: string): string => `${LOG}.call.${token(callId)}`;

/** `aegis.log.tool.<server>`: written by the firewall in the path, which sees the definitions. */
export const toolLog = (server: string): string => `${LOG}.tool.${token(server)}`;

/** `aegis.log.tool.<server>.accepted`: written by approvals alone, so that no agent can accept a definition. */
export const toolAcceptedLog = (server: string): string => `${toolLog(server)}.accepted`;

/** `aegis.alive.<instance>`: answered by a run of the firewall as long as it lives; nobody there means it is gone. */
export const aliveSubject = (instance: string): string => `aegis.alive.${token(instance)}`;

/** `aegis.checks.<outcome>` */
export const checkSubject = (outcome: 'allowed' | 'review' | 'blocked'): string => `aegis.checks.${outcome}`;

export const timerSchedule = (approvalId: string): string => `aegis.timers.schedule.${token(approvalId)}`;
export const timerFire = (approvalId: string): string => `aegis.timers.fire.${token(approvalId)}`;
/** `aegis.deliveries.<webhook_id>`: notices that wait to be sent. */
export const deliverySubject = (webhookId: string): string => `aegis.deliveries.${token(webhookId)}`;
/** `aegis.delivered.<webhook_id>`: attempts. */
export const deliveredSubject = (webhookId: string): string => `aegis.delivered.${token(webhookId)}`;

export const TIMERS_FIRED = 'aegis.timers.fire.>';

/** What an outsider sees of a stored fact: `aegis.log.x` is republished as `aegis.events.x`. */
export const eventSubject = (logSubject: string): string =>
  logSubject.startsWith(`${LOG}.`) ? `${EVENTS}.${logSubject.slice(LOG.length + 1)}` : logSubject;
