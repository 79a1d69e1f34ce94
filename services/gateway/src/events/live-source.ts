import type { Link } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { KINDS, type Kind, LIVE_SUBJECTS, type LiveEvent, toLiveEvent } from './live-event.ts';

type Message = { string(): string; headers?: { get(name: string): string } | undefined };

/** The stored events as they come, while somebody wants them. */
export type LiveSource = { start(): void; stop(): void };

/**
 * Core subscriptions on what the stream republishes: it republishes what it stored and nothing else, each with its
 * sequence, in the log's order.
 */
export function createLiveSource(link: Link, log: Logger, onEvent: (event: LiveEvent) => void): LiveSource {
  let subscriptions: { unsubscribe(): void }[] = [];

  const take = (kind: Kind, message: Message): void => {
    const seq = Number(message.headers?.get('Nats-Sequence'));
    const event = Number.isSafeInteger(seq) && seq > 0 ? toLiveEvent(seq, kind, message.string()) : undefined;
    if (event === undefined)
      log.warn({ kind, seq }, 'an event that can not be read was left out of the stream');
    else onEvent(event);
  };

  const subscribe = (kind: Kind) =>
    link.nc.subscribe(LIVE_SUBJECTS[kind], {
      callback: (err, message) => {
        if (err) log.error({ err, kind }, 'no live events');
        else take(kind, message);
      },
    });

  return {
    start() {
      if (subscriptions.length === 0) subscriptions = KINDS.map(subscribe);
    },
    stop() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      subscriptions = [];
    },
  };
}
