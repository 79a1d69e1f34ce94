import {
  APPROVALS_LOG,
  CHECKS_STREAM,
  DELIVERED_STREAM,
  DELIVERIES_STREAM,
  EVENTS,
  LOG,
  NOTICES_CONSUMER,
  STREAM,
  TIMERS_CONSUMER,
  TIMERS_FIRED,
  TIMERS_STREAM,
} from '@aegis/contracts/subjects';
import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';

export type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;
export type WantedConsumer = Partial<ConsumerConfig> & Pick<ConsumerConfig, 'durable_name'>;

const NANOS_PER_SECOND = 1_000_000_000;
const NANOS_PER_DAY = 86_400 * NANOS_PER_SECOND;
const UNLIMITED = -1;

const UNLIMITED_STREAM = {
  retention: 'limits',
  max_msgs: UNLIMITED,
  max_bytes: UNLIMITED,
  max_age: 0,
  max_msgs_per_subject: UNLIMITED,
  max_msg_size: UNLIMITED,
  max_consumers: UNLIMITED,
  num_replicas: 1,
  storage: 'file',
  discard: 'old',
} as const;

/** The record. Republished, so that outsiders see what was stored and nothing else. */
export const AEGIS: WantedStream = {
  ...UNLIMITED_STREAM,
  name: STREAM,
  subjects: [`${LOG}.>`],
  discard: 'new',
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
  allow_atomic: true,
  duplicate_window: 120 * NANOS_PER_SECOND,
  republish: { src: `${LOG}.>`, dest: `${EVENTS}.>` },
};

/** Advisory checks: frequent, bounded, gone with the server. */
export const AEGIS_CHECKS: WantedStream = {
  ...UNLIMITED_STREAM,
  name: CHECKS_STREAM,
  subjects: ['aegis.checks.>'],
  storage: 'memory',
  max_msgs: 100_000,
  max_bytes: 64 * 1024 * 1024,
  republish: { src: 'aegis.checks.>', dest: `${EVENTS}.decision.check.>` },
};

/** Timers have a stream of their own, because schedules switch `deny_purge` off. */
export const AEGIS_TIMERS: WantedStream = {
  ...UNLIMITED_STREAM,
  name: TIMERS_STREAM,
  subjects: ['aegis.timers.>'],
  allow_direct: true,
  allow_msg_ttl: true,
  allow_msg_schedules: true,
  duplicate_window: 120 * NANOS_PER_SECOND,
};

/** Notices on their way to webhooks, each until it is delivered or given up. Bounded: no dead receiver fills the disk. */
export const AEGIS_DELIVERIES: WantedStream = {
  ...UNLIMITED_STREAM,
  name: DELIVERIES_STREAM,
  subjects: ['aegis.deliveries.*'],
  retention: 'workqueue',
  max_age: 5 * NANOS_PER_DAY,
  max_msgs_per_subject: 100_000,
  duplicate_window: 120 * NANOS_PER_SECOND,
};

/** The last attempts to deliver to each webhook, for people to look at. */
export const AEGIS_DELIVERED: WantedStream = {
  ...UNLIMITED_STREAM,
  name: DELIVERED_STREAM,
  subjects: ['aegis.delivered.*'],
  max_msgs_per_subject: 100,
  allow_direct: true,
};

export const STREAMS: readonly WantedStream[] = [
  AEGIS,
  AEGIS_CHECKS,
  AEGIS_TIMERS,
  AEGIS_DELIVERIES,
  AEGIS_DELIVERED,
];

/** No limit on redelivery, whose end would be silent. */
const UNTIL_ACKNOWLEDGED = {
  ack_policy: 'explicit',
  ack_wait: 30 * NANOS_PER_SECOND,
  replay_policy: 'instant',
  max_deliver: UNLIMITED,
} as const;

/** Fired timers, for whichever replica of approvals is free. */
export const TIMERS_READER: WantedConsumer = {
  durable_name: TIMERS_CONSUMER,
  filter_subject: TIMERS_FIRED,
  deliver_policy: 'all',
  ...UNTIL_ACKNOWLEDGED,
};

/** Approval events from the day on that it was made, for whichever replica of the notifier makes notices of them. */
export const NOTICES_READER: WantedConsumer = {
  durable_name: NOTICES_CONSUMER,
  filter_subject: APPROVALS_LOG,
  deliver_policy: 'new',
  ...UNTIL_ACKNOWLEDGED,
};

/** Each durable consumer and the stream that it reads. */
export const READERS: readonly { stream: string; reader: WantedConsumer }[] = [
  { stream: TIMERS_STREAM, reader: TIMERS_READER },
  { stream: STREAM, reader: NOTICES_READER },
];
