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

export const SERVICES = ['policy', 'enforcer', 'approvals', 'notifier', 'audit', 'gateway', 'mcp'] as const;
export type ServiceName = (typeof SERVICES)[number];

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** One subject token, or a RangeError: a token outside `[A-Za-z0-9_-]` could widen a subject. */
function token(value: string): string {
  if (!TOKEN.test(value)) throw new RangeError(`not a subject token: ${JSON.stringify(value)}`);
  return value;
}

/** A subject with one token in braces that is a parameter: called with it, the exact subject. */
export type Subject<T extends string = string> = {
  /** @throws RangeError where it is no subject token */
  (parameter: T): string;
  /** Such as `aegis.log.approval.{approval_id}`. */
  readonly address: string;
  /** The parameter in an exact subject; undefined where that is no such subject. */
  parameterIn(subject: string): string | undefined;
};

function subject<T extends string = string>(address: string): Subject<T> {
  const [before = '', after = ''] = address.split(/\{\w+\}/);
  const parameterIn = (exact: string): string | undefined => {
    const parameter = exact.slice(before.length, exact.length - after.length);
    return TOKEN.test(parameter) && `${before}${parameter}${after}` === exact ? parameter : undefined;
  };
  return Object.assign((parameter: T) => `${before}${token(parameter)}${after}`, { address, parameterIn });
}

/** `aegis.rpc.<service>.<verb>` */
export const rpcSubject = (service: ServiceName, verb: string): string =>
  `aegis.rpc.${service}.${token(verb)}`;

export const POLICY_LOG = `${LOG}.policy`;
export const AUDIT_LOG = `${LOG}.audit`;
export const APPROVALS_LOG = `${LOG}.approval.>`;
export const DECISIONS_LOG = `${LOG}.decision.>`;

export const enforceLog = subject<'allowed' | 'pending' | 'blocked'>(`${LOG}.decision.enforce.{outcome}`);

/** One exact subject an aggregate, so that compare-and-set guards it. */
export const approvalLog = subject(`${LOG}.approval.{approval_id}`);

/** The answer once given for an idempotency key. */
export const idempotencyLog = subject(`${LOG}.idempotency.{key_digest}`);
/** That it was given again. Beside the answer, whose subject ends with the answer itself. */
export const replayedLog = subject(`${LOG}.idempotency.{key_digest}.replayed`);

export const GRANTS_LOG = `${LOG}.grant.*`;
/** One exact subject a grant, so that no use passes its revocation. */
export const grantLog = subject(`${LOG}.grant.{grant_id}`);

/** What an agent waits for; compare-and-set keeps its limit. */
export const waitingLog = subject(`${LOG}.waiting.{principal_digest}`);
export const WAITING_LOG = `${LOG}.waiting.*`;

/** One exact subject a name, whatever its case and look: compare-and-set lets one have it. */
export const identityLog = subject(`${LOG}.identity.{identity_id}`);
export const IDENTITIES_LOG = `${LOG}.identity.*`;

/** That a file of before was taken over. */
export const importedLog = subject<'approvers' | 'mcp-keys'>(`${LOG}.identity.imported-{file}`);

/** The link of the first approver, and who opened it; compare-and-set lets one. */
export const APPROVER_LOG = `${LOG}.approver`;

/** Arguments that are too large to stand in each event: what has this digest, once. */
export const bodyLog = subject(`${LOG}.body.{body_digest}`);
export const BODIES_LOG = `${LOG}.body.*`;

export const WEBHOOK_LOG = `${LOG}.webhook`;

const HOLDS_STATE = new RegExp(
  `^${LOG}\\.(policy|approver|(approval|grant|identity|waiting|idempotency|body)\\.[^.]+)$`,
);

/**
 * Whether what happens next is decided on the subject's last message: the policy, the first approver, an approval, a grant,
 * an
 * identity, what an agent waits for, a kept answer, a body.
 */
export const holdsState = (exact: string): boolean => HOLDS_STATE.test(exact);

export const CALLS_LOG = `${LOG}.call.*`;
/** What servers say of their tools, and what an approver accepted of it. */
export const TOOLS_LOG = `${LOG}.tool.>`;

/**
 * What a run of the firewall writes of calls: how they ended, what passed unjudged, what it refused. By compare-and-set on
 * what it wrote before, until another part fences it.
 */
export const runLog = subject(`${LOG}.call.{instance}`);

/** How a call ended whose run is fenced, and of versions before each. Compare-and-set from nothing: a call ends once. */
export const callLog = subject(`${LOG}.call.{call_id}`);

/** Written by the firewall in the path, which sees the definitions. */
export const toolLog = subject(`${LOG}.tool.{server}`);

/** Written by approvals alone, so that no agent can accept a definition. */
export const toolAcceptedLog = subject(`${LOG}.tool.{server}.accepted`);

/** Answered by a run of the firewall as long as it lives; nobody there means it is gone. */
export const aliveSubject = subject('aegis.alive.{instance}');

export const checkSubject = subject<'allowed' | 'review' | 'blocked'>('aegis.checks.{outcome}');

export const timerSchedule = subject('aegis.timers.schedule.{approval_id}');
export const timerFire = subject('aegis.timers.fire.{approval_id}');
/** Notices that wait to be sent. */
export const deliverySubject = subject('aegis.deliveries.{webhook_id}');
/** Attempts. */
export const deliveredSubject = subject('aegis.delivered.{webhook_id}');

export const TIMERS_FIRED = 'aegis.timers.fire.>';
