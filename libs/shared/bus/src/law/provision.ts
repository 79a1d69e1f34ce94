import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type ConnectionOptions, openConnection } from '../connection.ts';
import { BrokerError } from './broker-error.ts';
import { type Difference, differences } from './differences.ts';
import { requireMaxPayload, requireServerVersion } from './server-version.ts';
import { READERS, STREAMS, type WantedConsumer, type WantedStream } from './streams.ts';

const NOT_FOUND: readonly number[] = [JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound];

/** The configuration of a stream or consumer, where there is one. */
async function existing<T>(read: () => Promise<{ config: T }>): Promise<T | undefined> {
  try {
    return (await read()).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && NOT_FOUND.includes(error.code)) return undefined;
    throw error;
  }
}

function refuse(what: string, difference: Difference | undefined): void {
  if (difference === undefined) return;
  const { field, wanted, actual } = difference;
  throw new BrokerError(
    `${what} has ${field} = ${JSON.stringify(actual) ?? 'nothing'} where AegisMCP needs ${JSON.stringify(wanted)}: ` +
      `set it with "nats stream edit" or "nats consumer edit", or use a NATS server of its own.`,
  );
}

async function provisionStream(jsm: JetStreamManager, wanted: WantedStream): Promise<void> {
  const actual =
    (await existing(() => jsm.streams.info(wanted.name))) ?? (await jsm.streams.add(wanted)).config;
  refuse(`Stream ${wanted.name}`, differences(wanted, actual)[0]);
}

async function provisionReader(jsm: JetStreamManager, stream: string, wanted: WantedConsumer): Promise<void> {
  const name = wanted.durable_name ?? '';
  const actual =
    (await existing(() => jsm.consumers.info(stream, name))) ??
    (await jsm.consumers.add(stream, wanted)).config;
  refuse(`Consumer ${name} of stream ${stream}`, differences(wanted, actual)[0]);
}

/**
 * Creates the streams and the consumers that are missing and compares those that exist, field by field. Idempotent.
 * @param nc a connection of the admin identity.
 * @throws BrokerError where the server is older than 2.12 or a stream is not what it must be; nothing is updated.
 */
export async function provision(nc: NatsConnection): Promise<void> {
  requireServerVersion(nc.info?.version ?? 'unknown');
  requireMaxPayload(nc.info?.max_payload ?? 0);
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  for (const stream of STREAMS) await provisionStream(jsm, stream);
  for (const { stream, reader } of READERS) await provisionReader(jsm, stream, reader);
}

/**
 * {@link provision} by a connection of its own, as the admin identity, that is closed again.
 *
 * @throws BrokerError as {@link provision}; AppError `bus_unavailable`
 */
export async function provisionAt(admin: Omit<ConnectionOptions, 'identity'>): Promise<void> {
  const nc = await openConnection({ ...admin, identity: 'admin' });
  try {
    await provision(nc);
  } finally {
    await nc.close();
  }
}
