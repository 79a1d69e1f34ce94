import { aliveSubject } from '@aegis/contracts/subjects';
import { RequestError } from '@nats-io/transport-node';
import { isInbox } from './law/identities.ts';
import type { Link } from './link.ts';

/** Lets others see that this run of the firewall lives, until the function that it gives is called. */
export function answerAlive(link: Link, instance: string): () => void {
  const subscription = link.nc.subscribe(aliveSubject(instance), {
    callback: (error, message) => {
      // NATS lets a responder publish wherever a request points: to the log, to JetStream's API.
      if (!error && message.reply && isInbox(message.reply)) message.respond();
    },
  });
  return () => subscription.unsubscribe();
}

/**
 * Whether a run of the firewall lives: `silent` where the server says that nobody listens, `unknown` where the bus is
 * away or somebody listens and does not answer in time.
 */
export async function askAlive(
  link: Link,
  instance: string,
  withinMs: number,
): Promise<'alive' | 'silent' | 'unknown'> {
  if (!link.isUp()) return 'unknown';
  try {
    await link.nc.request(aliveSubject(instance), '', { timeout: withinMs });
    return 'alive';
  } catch (thrown) {
    return thrown instanceof RequestError && thrown.isNoResponders() ? 'silent' : 'unknown';
  }
}
