import type { Bus } from '@aegis/bus';
import { DELIVERED_STREAM, deliveredSubject } from '@aegis/contracts/subjects';
import { Delivery } from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';

const KEPT = 100;
/** What the broker says where a subject has no message yet. */
const NO_MESSAGE = 404;

/** What became of attempts, kept by the broker: each replica answers for all of them. */
export type DeliveryLog = {
  write(delivery: Delivery): Promise<void>;
  /** The last attempts, newest first. */
  of(webhookId: string): Promise<Delivery[]>;
};

function readDelivery(text: string): Delivery[] {
  const parsed = Delivery.safeParse(JSON.parse(text));
  return parsed.success ? [parsed.data] : [];
}

export function createDeliveryLog(bus: Bus): DeliveryLog {
  const js = jetstream(bus.link.nc);
  const readAll = async (subject: string): Promise<Delivery[]> => {
    const { direct } = await jetstreamManager(bus.link.nc, { checkAPI: false });
    const stored = await direct.getBatch(DELIVERED_STREAM, { seq: 1, next_by_subj: subject, batch: KEPT });
    const deliveries: Delivery[] = [];
    for await (const message of stored) deliveries.push(...readDelivery(message.string()));
    return deliveries.toReversed();
  };
  return {
    async write(delivery) {
      await js.publish(deliveredSubject(delivery.webhook_id), JSON.stringify(delivery));
    },
    of: (webhookId) =>
      readAll(deliveredSubject(webhookId)).catch((cause: unknown) => {
        if ((cause as { code?: unknown }).code === NO_MESSAGE) return [];
        throw new AppError('storage_unavailable', 'The delivery log can not be read now; try again.', {
          cause,
        });
      }),
  };
}
