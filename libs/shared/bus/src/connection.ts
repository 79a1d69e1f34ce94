import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '@aegis/kit/errors';
import {
  type Authenticator,
  AuthorizationError,
  connect,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/transport-node';

export type ConnectionOptions = {
  url: string;
  /** The identity on the bus; its inboxes are `_INBOX_<identity>.>`: by a shared prefix one could read another's replies. */
  identity: string;
  /** Path of the identity's nkey seed; absent where the URL carries credentials or none are needed. */
  seedPath?: string | undefined;
};

const RETRY_MS = 250;
const JITTER_MS = 100;
/** Each try of who is refused is a line in the server's log. */
const RETRY_REFUSED_MS = 2_000;

const readKey = (seedPath: string): Authenticator =>
  nkeyAuthenticator(new TextEncoder().encode(readFileSync(seedPath, 'utf8').trim()));

/**
 * Signs with the key that is in the file now, so that a new one counts at the next connection. A file that is missing or bad
 * signs nothing, which the server refuses: an error here would end the connection for good.
 */
const keyOf =
  (seedPath: string): Authenticator =>
  (nonce) => {
    try {
      return readKey(seedPath)(nonce);
    } catch {
      return { nkey: '', sig: '' };
    }
  };

async function open({ url, identity, seedPath }: ConnectionOptions): Promise<NatsConnection> {
  // What is wrong with the file at the start is said as it is.
  if (seedPath !== undefined) readKey(seedPath)('');
  let isRefused = false;
  const nc = await connect({
    servers: url,
    name: `aegis-${identity}`,
    // What nats.js counts up itself, one number for a whole process, is guessed from the next one's.
    inboxPrefix: `_INBOX_${identity}.${randomUUID()}`,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => (isRefused ? RETRY_REFUSED_MS : RETRY_MS) + Math.random() * JITTER_MS,
    pingInterval: 5_000,
    timeout: 5_000,
    noAsyncTraces: true,
    // Whoever is refused tries on: the key may come back.
    ignoreAuthErrorAbort: true,
    ...(seedPath === undefined ? {} : { authenticator: keyOf(seedPath) }),
  });
  const watch = async (): Promise<void> => {
    for await (const status of nc.status()) {
      if (status.type === 'reconnect') isRefused = false;
      if (status.type === 'error' && status.error instanceof AuthorizationError) isRefused = true;
    }
  };
  void watch();
  return nc;
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
