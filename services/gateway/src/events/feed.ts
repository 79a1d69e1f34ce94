import type { Readable } from 'node:stream';
import type { Bus } from '@aegis/bus';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { type Client, createClient } from './client.ts';
import type { Kind } from './live-event.ts';
import { createLiveSource } from './live-source.ts';
import { readLog, type Source } from './log-reader.ts';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 100;
const RETRY_MS = 1000;

export type FeedOptions = {
  bus: Pick<Bus, 'isUp' | 'onDown' | 'live' | 'range' | 'read'>;
  log: Logger;
  /** How long the log may take to say where its end is. */
  timeoutMs: number;
  heartbeatMs?: number;
  maxStreams?: number;
};

export type Feed = {
  /**
   * Server-Sent Events of these kinds: with `afterSeq` first all that was stored after it, then live, each once and in
   * the log's order. Without it, from now on.
   *
   * @throws AppError `invalid_request` for a position that the log does not have; `bus_unavailable`,
   * `storage_unavailable`; `gateway_unavailable` where there are too many streams
   */
  open(kinds: readonly Kind[], afterSeq: number | undefined): Promise<Readable>;
  /** Ends every stream and opens no more. */
  close(): void;
};

/** The stream of stored events for any number of readers, over one pair of subscriptions that lives while there are any. */
export function createFeed(options: FeedOptions): Feed {
  const { bus, log, timeoutMs, heartbeatMs = HEARTBEAT_MS, maxStreams = MAX_STREAMS } = options;
  const clients = new Set<Client>();
  let closed = false;
  const source = createLiveSource(bus.live, log, (event) => {
    for (const client of clients) client.offer(event);
  });
  const endAll = (): void => {
    for (const client of clients) client.outlet.end();
  };
  // What was missed while the bus was away is in the log: a reader comes back with its last id and gets it.
  const forget = bus.onDown(endAll);
  const heartbeat = setInterval(() => {
    for (const client of clients) client.outlet.write(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  const join = (kinds: readonly Kind[]): Client => {
    const client = createClient(kinds, () => {
      clients.delete(client);
      if (clients.size === 0) source.stop();
    });
    clients.add(client);
    source.start();
    return client;
  };

  return {
    async open(kinds, afterSeq) {
      if (closed) throw new AppError('gateway_unavailable', 'The gateway is stopping.');
      if (!bus.isUp()) throw new AppError('bus_unavailable', 'The message bus is away.');
      if (clients.size >= maxStreams) {
        throw new AppError('gateway_unavailable', `There are ${maxStreams} event streams already.`);
      }
      const client = join(kinds);
      try {
        await bringUp(client, { bus, log, timeoutMs }, kinds, afterSeq);
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

/** Greets a reader and brings it from where it was to live. Live events have waited since before the end was asked for. */
async function bringUp(
  client: Client,
  { bus, log, timeoutMs }: Pick<FeedOptions, 'bus' | 'log' | 'timeoutMs'>,
  kinds: readonly Kind[],
  afterSeq: number | undefined,
): Promise<void> {
  const { seq: end } = await bus.read.end(Date.now() + timeoutMs);
  if (afterSeq !== undefined && afterSeq > end) {
    throw new AppError('invalid_request', `Last-Event-ID: the log ends at ${end}.`);
  }
  // The id alone is no event: a reader that has seen none yet can still resume from here.
  client.outlet.write(`retry: ${RETRY_MS}\nid: ${afterSeq ?? end}\n\n`);
  if (afterSeq === undefined || afterSeq === end) return client.goLive(end);
  replay(client, { range: bus.range, log }, kinds, afterSeq, end).catch((err: unknown) => {
    log.warn({ err }, 'an event stream could not be replayed');
    client.outlet.cut();
  });
}

async function replay(
  client: Client,
  source: Source,
  kinds: readonly Kind[],
  afterSeq: number,
  end: number,
): Promise<void> {
  for await (const event of readLog(source, kinds, afterSeq, end)) {
    if (!client.outlet.isOpen()) return;
    client.outlet.write(event.frame);
    await client.outlet.drained();
  }
  client.goLive(end);
}
