import { randomUUID } from 'node:crypto';
import type { Delivery } from '@aegis/contracts/webhooks';
import type { Logger } from '@aegis/kit/logger';
import type { Attempt } from './channels/attempt.ts';
import type { WebhookEntry } from './channels/registry.ts';
import { testPayload } from './domain/payload.ts';
import type { DeliveryLog } from './queue/delivery-log.ts';
import { toDelivery } from './queue/sender.ts';

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 500;

type TryDeps = {
  attempt: Attempt;
  deliveries: DeliveryLog;
  consoleUrl: string;
  now: () => Date;
  log: Logger;
};

/** Sends one `webhook.test` at once, also to a webhook that is disabled. What comes of it changes nothing. */
export async function tryWebhook(
  { attempt, deliveries, consoleUrl, now, log }: TryDeps,
  webhookId: string,
  entry: WebhookEntry,
  deadlineMs: number = Number.POSITIVE_INFINITY,
): Promise<Delivery> {
  const messageId = `test_${randomUUID()}`;
  const startedAt = now();
  const payload = testPayload(webhookId, consoleUrl, startedAt);
  const withinMs = deadlineMs - Date.now() - ANSWER_MS;
  const outcome = await attempt(entry, { messageId, payload }, new AbortController().signal, withinMs);
  const ids = { webhookId, messageId, event: payload.type };
  const delivery = toDelivery(ids, 1, startedAt, now(), outcome, undefined);
  await deliveries.write(delivery).catch((err: unknown) => log.warn({ err, webhookId }, 'attempt not noted'));
  return delivery;
}
