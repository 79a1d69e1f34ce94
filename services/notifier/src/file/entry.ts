import { type Webhook, WebhookId, WebhookSecret, WebhookTarget } from '@aegis/contracts/webhooks';
import { z } from 'zod';

const [Standard, Slack, Email] = WebhookTarget.options;
const disabled = { disabled_because: z.string().max(1000).optional() };

/** A webhook as its file has it, with its secrets. `previous_secret` signs too, while receivers change to the new one. */
export const WebhookEntry = z.discriminatedUnion('type', [
  Standard.extend({ secret: WebhookSecret, previous_secret: WebhookSecret.optional(), ...disabled }),
  Slack.extend(disabled),
  Email.extend(disabled),
]);
export type WebhookEntry = z.output<typeof WebhookEntry>;
export type WebhookEntries = ReadonlyMap<string, WebhookEntry>;

export const MAX_WEBHOOKS = 100;

export const File = z.strictObject({
  webhooks: z
    .record(WebhookId, WebhookEntry)
    .refine((all) => Object.keys(all).length <= MAX_WEBHOOKS, `expected ${MAX_WEBHOOKS} webhooks at most`),
});

/** What a slack webhook's address is shown as: who knows the rest of it may write there. */
export const originOf = (url: string): string => `${new URL(url).origin}/`;

/** An entry without its secrets. */
export function targetOf(entry: WebhookEntry): WebhookTarget {
  const { type, events, description } = entry;
  const told = { events, description };
  if (type === 'email') return { type, to: entry.to, ...told };
  return { type, url: type === 'slack' ? originOf(entry.url) : entry.url, ...told };
}

/** What of it goes on record, where more people read: no query either, in which some receivers want a token. */
export function recordedTargetOf(entry: WebhookEntry): WebhookTarget {
  const target = targetOf(entry);
  if (target.type !== 'standard') return target;
  const { origin, pathname } = new URL(target.url);
  return { ...target, url: `${origin}${pathname}` };
}

export const toWebhook = (webhook_id: string, entry: WebhookEntry): Webhook => ({
  webhook_id,
  target: targetOf(entry),
  disabled_because: entry.disabled_because,
});
