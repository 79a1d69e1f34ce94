import type { Readable } from 'node:stream';
import type { Bus } from '@aegis/bus';
import { AppError } from '@aegis/kit/errors';
import { restFor } from '@aegis/kit/json';
import type { Logger } from '@aegis/kit/logger';
import type { EndTurn, Turns } from '@aegis/kit/turns';
import { createPlaces, type Holder } from '../places/places.ts';
import { type Client, createClient } from './client.ts';
import { frameFor, isWanted, type Wanted } from './live-event.ts';
import { createLiveSource } from './live-source.ts';
import { readLog, type Source } from './log-reader.ts';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 100;
/** A replay stops after so many bytes, and goes on in its next turn. */
const PART_BYTES = 16 * 1024;
/** And rests so many times as long as its size says: each event is read and checked. */
const PART_RESTS = 3;
const RETRY_MS = 1000;

/** Whose stream it is, how many they may have, and in whose turn it is replayed. */
export type Reader = Holder & { readonly most: number; readonly caller: unknown };

/** Where a reader was in the log, and the field that said so. */
export type Position = { readonly seq: number; readonly field: string };

export type FeedOptions = {
  bus: Pick<Bus, 'isUp' | 'onDown' | 'live' | 'range' | 'read'>;
  log: Logger;
  /** How long the log may take to say where its end is. */
  timeoutMs: number;
  /** Turns of what is wide: a replay takes one for each part. */
  turns: Pick<Turns, 'take'>;
  heartbeatMs?: number;
  maxStreams?: number;
};

export type Feed = {
  /**
   * Server-Sent Events of what is wanted: with `after` first all that was stored after it, then live, each once and in
   * the log's order. Without it, from now on. Nobody has more than `most` streams: one more ends the oldest of
   * theirs, which may come back with its last id. Where all are taken, whoever has the most gives way: of principals,
   * and of addresses with all who proved nothing there.
   *
   * @throws AppError `invalid_request` for a position that the log does not have; `bus_unavailable`,
   * `storage_unavailable`; `gateway_unavailable` while it stops
   */
  open(reader: Reader, wanted: Wanted, after: Position | undefined): Promise<Readable>;
  /** Ends every stream and opens no more. */
  close(): void;
};

/** The stream of stored events for any number of readers, over one pair of subscriptions that lives while there are any. */
export function createFeed(options: FeedOptions): Feed {
  const { bus, log, timeoutMs, turns, heartbeatMs = HEARTBEAT_MS, maxStreams = MAX_STREAMS } = options;
  const clients = createPlaces<Client>();
  let closed = false;
  const source = createLiveSource(bus.live, log, (event) => {
    for (const client of clients.each()) client.offer(event);
  });
  const endAll = (): void => {
    for (const client of clients.each()) client.outlet.end();
  };
  // What was missed while the bus was away is in the log: a reader comes back with its last id and gets it.
  const forget = bus.onDown(endAll);
  const heartbeat = setInterval(() => {
    for (const client of clients.each()) client.outlet.write(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  /** The oldest of their own makes room, where they have as many as they may; else, where all are taken, the greediest's. */
  const makeRoom = (reader: Reader): void => {
    const hasShare = clients.countOf(reader) >= reader.most;
    const giving = hasShare ? reader : clients.size >= maxStreams ? clients.greediest() : undefined;
    const oldest = giving && clients.oldestOf(giving);
    if (oldest === undefined) return;
    clients.delete(oldest);
    oldest.outlet.cut();
  };
  const join = (reader: Reader, wanted: Wanted): Client => {
    makeRoom(reader);
    const client = createClient(wanted, () => {
      clients.delete(client);
      if (clients.size === 0) source.stop();
    });
    clients.add(client, reader);
    source.start();
    return client;
  };

  return {
    async open(reader, wanted, after) {
      if (closed) throw new AppError('gateway_unavailable', 'The gateway is stopping.');
      if (!bus.isUp()) throw new AppError('bus_unavailable', 'The message bus is away.');
      const client = join(reader, wanted);
      const upstream = { bus, log, timeoutMs, takeTurn: async () => await turns.take(reader.caller) };
      try {
        await bringUp(client, upstream, wanted, after);
      } catch (thrown) {
        client.outlet.cut();
        throw thrown;
      }
      return client.outlet.readable;
    },
    close() {
      closed = true;
      forget();
      clearInterval(heartbeat);
      endAll();
    },
  };
}

type TakeTurn = () => Promise<EndTurn>;
type Upstream = Pick<FeedOptions, 'bus' | 'log' | 'timeoutMs'> & { readonly takeTurn: TakeTurn };

/** Greets a reader and brings it from where it was to live. Live events have waited since before the end was asked for. */
async function bringUp(
  client: Client,
  { bus, log, timeoutMs, takeTurn }: Upstream,
  wanted: Wanted,
  after: Position | undefined,
): Promise<void> {
  const afterSeq = after?.seq;
  const { seq: end } = await bus.read.end(Date.now() + timeoutMs);
  if (after !== undefined && after.seq > end) {
    throw new AppError(
      'invalid_request',
      `${after.field}: the log ends at ${end}; leave it out to read from now on, or give 0 to read all that is stored.`,
    );
  }
  // The id alone is no event: a reader that has seen none yet can still resume from here.
  client.outlet.write(`retry: ${RETRY_MS}\nid: ${afterSeq ?? end}\n\n`);
  if (afterSeq === undefined || afterSeq === end) return client.goLive(end);
  replay(client, { range: bus.range, log, takeTurn }, wanted, afterSeq, end).catch((err: unknown) => {
    log.warn({ err }, 'an event stream could not be replayed');
    client.outlet.cut();
  });
}

/** Part by part, each in the reader's turn, as fast as it is read: a log is long, and others are served meanwhile. */
async function replay(
  client: Client,
  { takeTurn, ...source }: Source & { readonly takeTurn: TakeTurn },
  wanted: Wanted,
  afterSeq: number,
  end: number,
): Promise<void> {
  let endTurn = await takeTurn();
  let bytes = 0;
  try {
    for await (const event of readLog(source, wanted, afterSeq, end)) {
      if (!client.outlet.isOpen()) return;
      if (isWanted(wanted, event)) client.outlet.write(frameFor(wanted, event));
      bytes += event.frame.length;
      if (bytes < PART_BYTES) continue;
      endTurn(PART_RESTS * restFor(bytes));
      bytes = 0;
      await client.outlet.drained();
      endTurn = await takeTurn();
    }
  } finally {
    endTurn(PART_RESTS * restFor(bytes));
  }
  client.goLive(end);
}
