import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from '@aegis/bus';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';

/** A pull request's life. Long: each costs the broker two requests, for each webhook. */
const EXPIRES_MS = 30_000;
const RETRY_MS = 500;
const STOP_WITHIN_MS = 2_000;

export type Puller = { stop(): Promise<void> };

type PullOptions = {
  link: Pick<Link, 'onUp'>;
  /** Called before each pull: a consumer may have been made anew meanwhile. */
  open: () => Promise<Consumer>;
  handle: (message: JsMsg, consumer: Consumer) => Promise<void>;
  /** Called with what went wrong; it is tried again. */
  onTrouble: (thrown: unknown) => void;
};

/**
 * Takes one message after the other off a durable consumer. None is fetched ahead: a message counts as delivered once it is
 * fetched, and an attempt that nobody made would be lost with each stop.
 */
export function pull({ link, open, handle, onTrouble }: PullOptions): Puller {
  const stopping = new AbortController();
  let messages: ConsumerMessages | undefined;

  const takeOne = async (): Promise<void> => {
    const consumer = await open();
    if (stopping.signal.aborted) return;
    messages = await consumer.fetch({ max_messages: 1, expires: EXPIRES_MS });
    // Who stopped meanwhile closed the one before.
    if (stopping.signal.aborted) return void messages.close();
    for await (const message of messages) await handle(message, consumer);
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
      // A connection that is lost at this moment must not keep the service from stopping.
      const ended = Promise.all([messages?.close(), running]);
      await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
