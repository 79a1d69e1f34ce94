import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '@aegis/kit/errors';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';

export type ConnectionOptions = {
  url: string;
  /** The identity on the bus; its inboxes are `_INBOX_<identity>.>`: by a shared prefix one could read another's replies. */
  identity: string;
  /** Path of the identity's nkey seed; absent where the URL carries credentials or none are needed. */
  seedPath?: string | undefined;
};

async function open({ url, identity, seedPath }: ConnectionOptions): Promise<NatsConnection> {
  const seed = seedPath === undefined ? undefined : (await readFile(seedPath, 'utf8')).trim();
  return connect({
    servers: url,
    name: `aegis-${identity}`,
    // What nats.js counts up itself, one number for a whole process, is guessed from the next one's.
    inboxPrefix: `_INBOX_${identity}.${randomUUID()}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 5_000,
    timeout: 5_000,
    noAsyncTraces: true,
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }),
  });
}

/**
 * A connection that mends itself for ever once it was made. @throws AppError `bus_unavailable` with the address in its
 * detail
 */
export const openConnection = (options: ConnectionOptions): Promise<NatsConnection> =>
  open(options).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('bus_unavailable', `No connection to NATS at ${options.url}: ${why}`, { cause });
  });
