import type { Logger } from '@aegis/kit/logger';
import type { Webhooks } from '../webhooks.ts';

const WITHIN_MS = 5_000;

/** Disables webhooks for senders, which can't wait for it: to be disabled stops them. */
export function createDisabling(webhooks: Pick<Webhooks, 'disable'>, log: Logger) {
  const underWay = new Set<Promise<void>>();
  return {
    /** Where the file can not be written, the webhook stays, and says at the next notice that it wants none. */
    disable(this: void, webhookId: string, because: string): void {
      const done = webhooks
        .disable(webhookId, because, Date.now() + WITHIN_MS)
        .catch((err: unknown) => log.warn({ err, webhookId }, 'webhook not disabled'))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async settled(): Promise<void> {
      await Promise.all(underWay);
    },
  };
}
