import { RPCS } from '@aegis/contracts/rpcs';
import {
  APPROVALS_LOG,
  APPROVER_LOG,
  AUDIT_LOG,
  BODIES_LOG,
  CALLS_LOG,
  DECISIONS_LOG,
  DELIVERED_STREAM,
  DELIVERIES_STREAM,
  EVENTS,
  enforceLog,
  GRANTS_LOG,
  IDENTITIES_LOG,
  LOG,
  NOTICES_CONSUMER,
  POLICY_LOG,
  rpcSubject,
  type ServiceName,
  STREAM,
  TIMERS_CONSUMER,
  TIMERS_STREAM,
  TOOLS_LOG,
  WAITING_LOG,
  WEBHOOK_LOG,
} from '@aegis/contracts/subjects';
import { type Identity, inboxPrefix } from './identities.ts';

const API = '$JS.API';
const IDEMPOTENCY_LOG = `${LOG}.idempotency.>`;

/** The questions that an identity asks, as they are defined. */
const asks = (identity: Identity): string[] =>
  [...RPCS.values()]
    .filter(({ askedBy }) => askedBy.some((service) => service === identity))
    .map(({ service, verb }) => rpcSubject(service, verb));
const answer = (service: ServiceName): string => `aegis.rpc.${service}.* ${service}`;

/** The last message of a subject. The plain form names its target in the body, where no permission can look. */
const lastOf = (subject: string): string => `${API}.DIRECT.GET.${STREAM}.${subject}`;

/**
 * An ordered consumer with one filter: the server compares the filter in the subject with the one in the body. And the last
 * message of it, by which a reader knows whether it has all.
 */
const follow = (filter: string): string[] => [`${API}.CONSUMER.CREATE.${STREAM}.*.${filter}`, lastOf(filter)];

/** What every reader of the log needs beside the right to create its consumer. */
const READ = [
  `${API}.STREAM.INFO.${STREAM}`,
  `${API}.CONSUMER.INFO.${STREAM}.*`,
  `${API}.CONSUMER.MSG.NEXT.${STREAM}.*`,
  `${API}.CONSUMER.DELETE.${STREAM}.*`,
];

const TIMERS = [
  'aegis.timers.>',
  `${API}.CONSUMER.INFO.${TIMERS_STREAM}.${TIMERS_CONSUMER}`,
  `${API}.CONSUMER.MSG.NEXT.${TIMERS_STREAM}.${TIMERS_CONSUMER}`,
  `$JS.ACK.${TIMERS_STREAM}.${TIMERS_CONSUMER}.>`,
];

/** Notices: taken off the log, put in line for each webhook, and what became of them. */
const NOTICES = [
  `${API}.CONSUMER.INFO.${STREAM}.${NOTICES_CONSUMER}`,
  `${API}.CONSUMER.MSG.NEXT.${STREAM}.${NOTICES_CONSUMER}`,
  `$JS.ACK.${STREAM}.${NOTICES_CONSUMER}.>`,
  'aegis.deliveries.*',
  `${API}.STREAM.INFO.${DELIVERIES_STREAM}`,
  `${API}.CONSUMER.CREATE.${DELIVERIES_STREAM}.*.aegis.deliveries.*`,
  `${API}.CONSUMER.LIST.${DELIVERIES_STREAM}`,
  `${API}.CONSUMER.INFO.${DELIVERIES_STREAM}.*`,
  `${API}.CONSUMER.MSG.NEXT.${DELIVERIES_STREAM}.*`,
  `${API}.CONSUMER.DELETE.${DELIVERIES_STREAM}.*`,
  `$JS.ACK.${DELIVERIES_STREAM}.>`,
  'aegis.delivered.*',
  `${API}.DIRECT.GET.${DELIVERED_STREAM}`,
];

/**
 * The one consumer of the log whose name is known. Whoever may read its own part of the log could point it elsewhere, delete
 * it, or read through it what is not its own.
 */
const WITH_ANOTHERS_NOTICES = [
  `${API}.CONSUMER.CREATE.${STREAM}.${NOTICES_CONSUMER}`,
  `${API}.CONSUMER.CREATE.${STREAM}.${NOTICES_CONSUMER}.>`,
  `${API}.CONSUMER.DELETE.${STREAM}.${NOTICES_CONSUMER}`,
  `${API}.CONSUMER.MSG.NEXT.${STREAM}.${NOTICES_CONSUMER}`,
];

/** What each may publish besides the questions that it asks. */
const PUBLISH: Readonly<Record<Identity, readonly string[]>> = {
  admin: [`${API}.>`, `${LOG}.>`],
  // Who is who is written by policy alone: no part that speaks with agents could make one of them more than it is.
  policy: [
    POLICY_LOG,
    IDENTITIES_LOG,
    'aegis.checks.>',
    ...READ,
    ...follow(POLICY_LOG),
    ...follow(IDENTITIES_LOG),
  ],
  enforcer: [
    `${LOG}.decision.enforce.>`,
    IDEMPOTENCY_LOG,
    lastOf(IDEMPOTENCY_LOG),
    CALLS_LOG,
    ...READ,
    ...follow(enforceLog('allowed')),
    ...follow(CALLS_LOG),
    'aegis.alive.*',
  ],
  approvals: [
    APPROVALS_LOG,
    enforceLog('allowed'),
    IDEMPOTENCY_LOG,
    ...READ,
    ...follow(APPROVALS_LOG),
    BODIES_LOG,
    lastOf(BODIES_LOG),
    lastOf(IDEMPOTENCY_LOG),
    `${LOG}.tool.*.accepted`,
    ...follow(TOOLS_LOG),
    GRANTS_LOG,
    ...follow(GRANTS_LOG),
    WAITING_LOG,
    lastOf(WAITING_LOG),
    APPROVER_LOG,
    lastOf(APPROVER_LOG),
    ...follow(POLICY_LOG),
    ...follow(IDENTITIES_LOG),
    lastOf(CALLS_LOG),
    ...TIMERS,
  ],
  notifier: [WEBHOOK_LOG, ...NOTICES],
  audit: [
    AUDIT_LOG,
    ...READ,
    `${API}.CONSUMER.CREATE.${STREAM}.*`,
    `${API}.DIRECT.GET.${STREAM}`,
    lastOf(`${LOG}.>`),
  ],
  gateway: [...READ, ...follow(DECISIONS_LOG), ...follow(APPROVALS_LOG), ...follow(IDENTITIES_LOG)],
  mcp: [
    // The firewall in the path decides where a rule needs no shared state, and records that itself.
    `${LOG}.decision.enforce.>`,
    CALLS_LOG,
    lastOf(CALLS_LOG),
    `${LOG}.tool.*`,
    ...READ,
    ...follow(POLICY_LOG),
    ...follow(TOOLS_LOG),
    ...follow(IDENTITIES_LOG),
  ],
  reader: [],
};

const SUBSCRIBE: Readonly<Record<Identity, readonly string[]>> = {
  admin: [],
  policy: [answer('policy')],
  enforcer: [answer('enforcer')],
  approvals: [answer('approvals')],
  notifier: [answer('notifier')],
  audit: [answer('audit')],
  gateway: [`${EVENTS}.>`],
  mcp: [answer('mcp'), 'aegis.alive.*'],
  reader: [`${EVENTS}.>`],
};

/** What an identity that reads the log may not do with a consumer that is somebody else's. */
function neverPublish(identity: Identity): readonly string[] {
  return PUBLISH[identity].includes(`${API}.STREAM.INFO.${STREAM}`) ? WITH_ANOTHERS_NOTICES : [];
}

/**
 * The permissions of an identity: its own inbox, and what its work needs. Everything else is denied. A subscription may name
 * its queue group after a space.
 */
export function permissionsOf(identity: Identity) {
  const subscribe = SUBSCRIBE[identity];
  return {
    publish: [...asks(identity), ...PUBLISH[identity]],
    /** What it may not, though `publish` has it. */
    neverPublish: neverPublish(identity),
    subscribe: [...subscribe, `${inboxPrefix(identity)}.>`],
    /** Whether it may answer the requests that it receives, once each. */
    responds: subscribe.some((subject) => /^aegis\.(rpc|alive)\./.test(subject)),
  };
}
