import type { Logger } from '@aegis/kit/logger';
import { type Alive, createAlive } from './alive.ts';
import { type Append, createAppend } from './append.ts';
import { type Ask, type AskText, createAsk, createAskText } from './ask.ts';
import { createGroupCommit, type GroupCommit } from './commit.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { createDurables, type Durables } from './durable.ts';
import { type Follower, type FollowOptions, follow } from './follow.ts';
import { createLink, type Link } from './link.ts';
import { createLive, type Live } from './live.ts';
import { createMux } from './mux.ts';
import { createRange, type Range } from './range.ts';
import { createRead, type Read } from './read.ts';
import { createReplica, type Replica, type ReplicaOptions } from './replica.ts';
import { type Responder, type Route, respond } from './respond.ts';
import { createStorage } from './storage.ts';

export type BusOptions = ConnectionOptions & {
  log: Logger;
  /** Why nothing can be stored, where whoever connects knows that; then nothing is tried. */
  storageProblem?: (() => string | undefined) | undefined;
};

/** A service's whole view of the bus. */
export type Bus = Pick<Link, 'isUp' | 'problem' | 'onDown' | 'onUp'> & {
  readonly ask: Ask;
  readonly askText: AskText;
  readonly append: Append;
  /** Stores unguarded facts that somebody waits for; those that wait together share one durable write. */
  readonly commit: GroupCommit['store'];
  readonly read: Read;
  readonly range: Range;
  readonly live: Live;
  readonly durables: Durables;
  readonly alive: Alive;
  /** Resolves once requests come here. */
  respond(routes: readonly Route[]): Promise<Responder>;
  follow(options: Omit<FollowOptions, 'log'>): Promise<Follower>;
  replica(options: ReplicaOptions): Replica;
  /** Resolves once the server has what was sent. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Connects once; later losses are mended by themselves, and while the bus is away every call fails at once.
 *
 * @throws AppError `bus_unavailable` with the address in its detail
 */
export const connectBus = async (options: BusOptions): Promise<Bus> => (await openBus(options)).bus;

/** The bus and the connection under it, for tests that look beneath. @throws AppError as {@link connectBus} */
export async function openBus({
  log,
  storageProblem,
  ...options
}: BusOptions): Promise<{ bus: Bus; link: Link }> {
  const nc = await openConnection(options);
  const link = createLink(nc, log);
  const mux = createMux(link, `_INBOX_${options.identity}`);
  const read = createRead(mux);
  const append = createAppend(mux, read, createStorage(link, log, storageProblem));
  const askText = createAskText(mux);
  const followLog: Bus['follow'] = (followed) => follow(link, read, { ...followed, log });
  const bus: Bus = {
    read,
    append,
    ask: createAsk(askText),
    askText,
    commit: createGroupCommit(append).store,
    range: createRange(link),
    live: createLive(link, log),
    durables: createDurables(link),
    alive: createAlive(link),
    respond: (routes) => respond(link, routes, log),
    follow: followLog,
    replica: (followed) => createReplica({ link, log, follow: followLog }, followed),
    isUp: link.isUp,
    problem: () => {
      const away = link.problem();
      return away === undefined ? undefined : [away, storageProblem?.() ?? []].flat().join(' ');
    },
    onDown: link.onDown,
    onUp: link.onUp,
    flush: () => nc.flush(),
    async close() {
      mux.close();
      if (!nc.isClosed()) await nc.close();
    },
  };
  return { bus, link };
}
