import type { Bus } from '@aegis/bus';
import { DELIVERED_STREAM, deliveredSubject } from '@aegis/contracts/subjects';
import { tolerant } from '@aegis/contracts/tolerant';
import { Delivery } from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';

const KEPT = 100;
const WRITE_WITHIN_MS = 5_000;

/** What became of attempts, kept by the broker: each replica answers for all of them. */
export type DeliveryLog = {
  write(delivery: Delivery): Promise<void>;
  /** The last attempts, newest first. */
  of(webhookId: string): Promise<Delivery[]>;
};

function readDelivery(text: string): Delivery[] {
  const parsed = tolerant(Delivery, 'kept').safeParse(JSON.parse(text));
  return parsed.success ? [parsed.data] : [];
}

export const createDeliveryLog = ({ append, range }: Pick<Bus, 'append' | 'range'>): DeliveryLog => ({
  async write(delivery) {
    const subject = deliveredSubject(delivery.webhook_id);
    await append.text(subject, JSON.stringify(delivery), Date.now() + WRITE_WITHIN_MS);
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
