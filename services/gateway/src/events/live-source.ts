import type { Bus } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { KINDS, type Kind, LIVE_SUBJECTS, type LiveEvent, toLiveEvent } from './live-event.ts';

/** The stored events as they come, while somebody wants them. */
export type LiveSource = { start(): void; stop(): void };

/**
 * Core subscriptions on what the stream republishes: it republishes what it stored and nothing else, each with its
 * sequence, in the log's order.
 */
export function createLiveSource(
  live: Bus['live'],
  log: Logger,
  onEvent: (event: LiveEvent) => void,
): LiveSource {
  let subscriptions: (() => void)[] = [];

  const subscribe = (kind: Kind) =>
    live.subscribe(LIVE_SUBJECTS[kind], ({ seq, storedOn: subject, text }) => {
      const stored = seq !== undefined && subject !== undefined && { seq, subject, text };
      const event = stored ? toLiveEvent(stored, kind) : undefined;
      if (event === undefined)
        log.warn({ kind, seq, subject }, 'an event that can not be read was left out of the stream');
      else onEvent(event);
    });

  return {
    start() {
      if (subscriptions.length === 0) subscriptions = KINDS.map(subscribe);
    },
    stop() {
      for (const unsubscribe of subscriptions) unsubscribe();
      subscriptions = [];
    },
  };
}
