import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Consumer,
  type ConsumerMessages,
  JetStreamApiCodes,
  JetStreamApiError,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { Link } from './link.ts';

const NANOS_PER_MS = 1_000_000;
/** A pull request's life. Long: each costs the broker two requests, for each durable consumer. */
const EXPIRES_MS = 30_000;
const RETRY_MS = 500;
/** A server that is being started may overhear a question. */
const ANSWERS_WITHIN_MS = 2_000;
const STOP_WITHIN_MS = 2_000;

/** A message of a durable consumer: it comes again, to whichever replica, until it is settled. */
export type DurableMessage = {
  readonly seq: number;
  readonly subject: string;
  /** `deliveryCount`: how often it came, this time included. */
  readonly info: { readonly deliveryCount: number };
  string(): string;
  ack(): void;
  /** Resolves once the server has it. */
  ackAck(options: { timeout: number }): Promise<boolean>;
  /** It comes again, after so many milliseconds where that is given. */
  nak(afterMs?: number): void;
  /** It never comes again. */
  term(): void;
};

export type Metadata = Readonly<Record<string, string>>;

export type NewDurable = {
  readonly name: string;
  /** The one subject that it reads. */
  readonly subject: string;
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
  /** What the consumer carries, of the stream's last sequence when it was made. */
  readonly metadata: (lastSeq: number) => Metadata;
};

export type PullOptions = {
  readonly stream: string;
  readonly durable: string;
  /** Makes the consumer anew where somebody took it away. */
  readonly missing?: () => Promise<void>;
  /** Told each time that the consumer was reached. */
  readonly opened?: () => void;
  readonly handle: (message: DurableMessage, metadata: Metadata) => Promise<void>;
  /** Called with what went wrong; it is tried again. */
  readonly onTrouble: (thrown: unknown) => void;
};

export type Puller = { stop(): Promise<void> };

/** Durable consumers: what waits in them survives restarts of everything, and all replicas share it. */
export type Durables = ReturnType<typeof createDurables>;

const ifThere = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound)
      return undefined;
    throw error;
  }
};

/** JetStream delivers from any consumer to wherever it is asked to, the inbox of another one's reader too. */
const isOf = ({ info }: JsMsg, stream: string, name: string): boolean =>
  info.consumer === name && info.stream === stream;

export function createDurables(link: Link) {
  const js = jetstream(link.nc, { timeout: ANSWERS_WITHIN_MS });
  const manager = () => jetstreamManager(link.nc, { checkAPI: false });

  const open = async ({ stream, durable, missing }: PullOptions): Promise<Consumer> => {
    if (missing === undefined) return js.consumers.get(stream, durable);
    const present = await ifThere(js.consumers.get(stream, durable));
    if (present) return present;
    await missing();
    return js.consumers.get(stream, durable);
  };

  return {
    /** Makes the consumer, if there is none. */
    async ensure(stream: string, durable: NewDurable): Promise<void> {
      const { name, subject, ackWaitMs, maxAckPending, metadata } = durable;
      const jsm = await manager();
      const present = () => ifThere(jsm.consumers.info(stream, name));
      if (await present()) return;
      const { state } = await jsm.streams.info(stream);
      try {
        await jsm.consumers.add(stream, {
          durable_name: name,
          filter_subject: subject,
          ack_policy: 'explicit',
          ack_wait: ackWaitMs * NANOS_PER_MS,
          max_ack_pending: maxAckPending,
          max_deliver: -1,
          metadata: metadata(state.last_seq),
        });
      } catch (error) {
        // Another replica may have been first.
        if (!(await present())) throw error;
      }
    },
    /** Takes it away, if there is one. */
    async remove(stream: string, name: string): Promise<void> {
      await ifThere((await manager()).consumers.delete(stream, name));
    },
    async names(stream: string): Promise<string[]> {
      return Array.fromAsync((await manager()).consumers.list(stream), ({ name }) => name);
    },
    /**
     * Takes one message after the other. None is fetched ahead: a message counts as delivered once it is fetched, and an
     * attempt that nobody made would be lost with each stop.
     */
    pull: (options: PullOptions): Puller => pull(link, options, open),
    /** Takes messages as they come, at most `most` at a time. */
    async consume(
      stream: string,
      name: string,
      most: number,
      handle: (message: DurableMessage) => void,
    ): Promise<Puller> {
      const consumer = await js.consumers.get(stream, name);
      const messages = await consumer.consume({
        callback: (message) => {
          if (isOf(message, stream, name)) handle(message);
        },
        max_messages: most,
      });
      return {
        async stop() {
          await messages.close();
        },
      };
    },
  };
}

function pull(link: Link, options: PullOptions, open: (options: PullOptions) => Promise<Consumer>): Puller {
  const { stream, durable, opened, handle, onTrouble } = options;
  const stopping = new AbortController();
  let messages: ConsumerMessages | undefined;

  const takeOne = async (): Promise<void> => {
    const consumer = await open(options);
    opened?.();
    if (stopping.signal.aborted) return;
    const { config } = await consumer.info(true);
    messages = await consumer.fetch({ max_messages: 1, expires: EXPIRES_MS });
    // Who stopped meanwhile closed the one before.
    if (stopping.signal.aborted) return void messages.close();
    for await (const message of messages) {
      if (isOf(message, stream, durable)) await handle(message, config.metadata ?? {});
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await takeOne();
      } catch (thrown) {
        if (stopping.signal.aborted) return;
        onTrouble(thrown);
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  // A pull request ends with the connection: after a loss a new one is made at once, not when the old one would have ended.
  const forget = link.onUp(() => void messages?.close());
  const running = run();
  return {
    async stop() {
      stopping.abort();
      forget();
      // What the server sends to nobody comes again only when its time to be settled is over: it has to know first. A
      // connection that is lost at this moment must not keep the service from stopping.
      const ended = Promise.all([messages?.close(), running])
        .then(() => link.nc.flush())
        .catch(() => undefined);
      await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
