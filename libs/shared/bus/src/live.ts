import type { Logger } from '@aegis/kit/logger';
import { headers } from '@nats-io/transport-node';
import type { Link } from './link.ts';
import { matching } from './matching.ts';
import { placeOf } from './place.ts';

/** A message as it comes. `seq` and `storedOn` are its place in the log, where the stream republished it. */
export type LiveMessage = {
  subject: string;
  text: string;
  seq: number | undefined;
  storedOn: string | undefined;
};

/** What is said now: nobody keeps it, and nobody confirms it. */
export type Live = ReturnType<typeof createLive>;

export const createLive = (link: Link, log: Logger) => ({
  /** Takes what comes on a subject, wildcards allowed, until the function that it gives is called. */
  subscribe(subject: string, take: (message: LiveMessage) => void): () => void {
    const expected = matching(subject);
    const subscription = link.nc.subscribe(subject, {
      callback: (err, message) => {
        if (err) log.error({ err, subject }, 'nothing comes on this subject');
        // What a stream hands out goes wherever it was asked to, by its own subject: so anybody could have it come here.
        else if (expected(message.subject)) {
          const { seq, subject: storedOn } = placeOf(message);
          take({ subject: message.subject, text: message.string(), seq, storedOn });
        }
      },
    });
    return () => subscription.unsubscribe();
  },
  /** @throws AppError `bus_unavailable`, `payload_too_large` */
  publish: (subject: string, text: string): void => link.send({ subject, payload: text }),
  /**
   * Has a message come to `target` at that time: a one-shot message schedule (nats-server 2.12, ADR-51), which survives
   * restarts of everything. A later one on the same subject replaces it. @throws AppError `bus_unavailable`
   */
  schedule(subject: string, target: string, at: Date): void {
    const h = headers();
    h.set('Nats-Schedule', `@at ${at.toISOString()}`);
    h.set('Nats-Schedule-Target', target);
    link.send({ subject, payload: '', options: { headers: h } });
  },
});
