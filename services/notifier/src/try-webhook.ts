import { randomUUID } from 'node:crypto';
import type { Delivery } from '@aegis/contracts/webhooks';
import type { WebhookEntry } from './channels/registry.ts';
import { testPayload } from './domain/payload.ts';
import { type TellDeps, tell } from './queue/sender.ts';

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 500;

/** Sends one `webhook.test` at once, also to a webhook that is disabled. What comes of it changes nothing. */
export async function tryWebhook(
  deps: TellDeps & { consoleUrl: string },
  webhookId: string,
  entry: WebhookEntry,
  deadlineMs: number = Number.POSITIVE_INFINITY,
): Promise<Delivery> {
  const payload = testPayload(webhookId, deps.consoleUrl, deps.now());
  const one = { webhookId, entry, messageId: `test_${randomUUID()}`, payload, count: 1, waitsMs: [] };
  const withinMs = deadlineMs - Date.now() - ANSWER_MS;
  return (await tell(deps, one, new AbortController().signal, withinMs)).delivery;
}
