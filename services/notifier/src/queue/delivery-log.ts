import type { Bus } from '@aegis/bus';
import { DELIVERED_STREAM, deliveredSubject } from '@aegis/contracts/subjects';
import { tolerant } from '@aegis/contracts/tolerant';
import { Delivery } from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';

const KEPT = 100;
const WRITE_WITHIN_MS = 5_000;

/** What became of attempts, kept by the broker: each replica answers for all of them. */
export type DeliveryLog = {
  /** Notes an attempt; where it can't, it goes on all the same. */
  write(delivery: Delivery): Promise<void>;
  /** The last attempts, newest first. */
  of(webhookId: string): Promise<Delivery[]>;
};

function readDelivery(text: string): Delivery[] {
  const parsed = tolerant(Delivery, 'kept').safeParse(JSON.parse(text));
  return parsed.success ? [parsed.data] : [];
}

export const createDeliveryLog = (
  { append, range }: Pick<Bus, 'append' | 'range'>,
  log: Logger,
): DeliveryLog => ({
  async write(delivery) {
    const webhookId = delivery.webhook_id;
    await append
      .text(deliveredSubject(webhookId), JSON.stringify(delivery), Date.now() + WRITE_WITHIN_MS)
      .catch((err: unknown) => log.warn({ err, webhookId }, 'attempt not noted'));
  },
  async of(webhookId) {
    try {
      const texts = await range.first(DELIVERED_STREAM, deliveredSubject(webhookId), KEPT);
      return texts.flatMap(readDelivery).toReversed();
    } catch (cause) {
      throw new AppError('storage_unavailable', 'The delivery log can not be read now; try again.', {
        cause,
      });
    }
  },
});
