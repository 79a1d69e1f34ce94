import { readFile } from 'node:fs/promises';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { type Append, createAppend } from './append.ts';
import { type Ask, createAsk } from './ask.ts';
import { createGroupCommit, type GroupCommit } from './commit.ts';
import { type Follower, type FollowOptions, follow } from './follow.ts';
import { createLink, type Link } from './link.ts';
import { createMux } from './mux.ts';
import { createRead, type Read } from './read.ts';
import { type Responder, type Route, respond } from './respond.ts';

export type BusOptions = {
  url: string;
  /** The identity on the bus; its inboxes are `_INBOX_<identity>.>`. */
  identity: string;
  /** Path of the identity's nkey seed; absent where the URL carries credentials or none are needed. */
  seedPath?: string | undefined;
  log: Logger;
};

/** A service's whole view of the bus. */
export type Bus = {
  readonly ask: Ask;
  readonly append: Append;
  /** Stores unguarded facts that somebody waits for; those that wait together share one durable write. */
  readonly commit: GroupCommit['store'];
  readonly read: Read;
  readonly link: Link;
  /** Resolves once requests come here. */
  respond(routes: readonly Route[]): Promise<Responder>;
  follow(options: Omit<FollowOptions, 'log'>): Promise<Follower>;
  isUp(): boolean;
  close(): Promise<void>;
};

async function open({ url, identity, seedPath }: BusOptions) {
  const seed = seedPath === undefined ? undefined : (await readFile(seedPath, 'utf8')).trim();
  return connect({
    servers: url,
    name: `aegis-${identity}`,
    inboxPrefix: `_INBOX_${identity}`,
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
 * Connects once; later losses are mended by themselves, and while the bus is away every call fails at once.
 *
 * @throws AppError `bus_unavailable` with the address in its detail
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const nc = await open(options).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('bus_unavailable', `No connection to NATS at ${options.url}: ${why}`, { cause });
  });
  const link = createLink(nc, options.log);
  const mux = createMux(link, `_INBOX_${options.identity}`);
  const read = createRead(mux);
  const append = createAppend(mux, read);
  return {
    link,
    read,
    append,
    ask: createAsk(mux),
    commit: createGroupCommit(append).store,
    respond: (routes) => respond(link, routes, options.log),
    follow: (followOptions) => follow(link, read, { ...followOptions, log: options.log }),
    isUp: () => link.isUp(),
    async close() {
      mux.close();
      if (!nc.isClosed()) await nc.close();
    },
  };
}
