import { aliveSubject } from '@aegis/contracts/subjects';
import { RequestError } from '@nats-io/transport-node';
import { isInbox } from './law/identities.ts';
import type { Link } from './link.ts';

/** Whether runs of the firewall live: what one sent and has not recorded the end of is under way as long as it does. */
export type Alive = ReturnType<typeof createAlive>;

export const createAlive = (link: Link) => ({
  /** Lets others see that this run lives, from when this resolves until the function that it gives is called. */
  async answer(instance: string): Promise<() => Promise<void>> {
    const subscription = link.nc.subscribe(aliveSubject(instance), {
      callback: (error, { reply }) => {
        // NATS lets a responder publish wherever a request points: to the log, to JetStream's API.
        if (error || !reply || !isInbox(reply) || !link.isUp()) return;
        link.send({ subject: reply, payload: instance });
      },
    });
    await link.nc.flush();
    return async () => {
      if (!link.nc.isClosed()) await subscription.drain().catch(() => undefined);
    };
  },
  /**
   * `silent` where the server says that nobody listens, `unknown` where the bus is away or somebody listens and says
   * nothing.
   */
  async ask(instance: string, withinMs: number): Promise<'alive' | 'silent' | 'unknown'> {
    if (!link.isUp()) return 'unknown';
    try {
      await link.nc.request(aliveSubject(instance), '', { timeout: withinMs });
      return 'alive';
    } catch (thrown) {
      return thrown instanceof RequestError && thrown.isNoResponders() ? 'silent' : 'unknown';
    }
  },
});
