import { tolerant } from '@aegis/contracts/tolerant';
import { type Webhook, WebhookId, WebhookTarget } from '@aegis/contracts/webhooks';
import { parseFile, type ReadFile } from '@aegis/kit/files';
import { z } from 'zod';
import { channelOf, WebhookEntry } from '../channels/registry.ts';

export type WebhookEntries = ReadonlyMap<string, WebhookEntry>;

export const MAX_WEBHOOKS = 100;

const File = z.strictObject({
  webhooks: z
    .record(WebhookId, WebhookEntry)
    .refine((all) => Object.keys(all).length <= MAX_WEBHOOKS, `expected ${MAX_WEBHOOKS} webhooks at most`),
});

/** An entry without its secrets. */
function targetOf(entry: WebhookEntry): WebhookTarget {
  return channelOf(entry).shown(tolerant(WebhookTarget, 'dropped').parse(entry));
}

/** What of it goes on record, where more people read. */
export function recordedTargetOf(entry: WebhookEntry): WebhookTarget {
  const target = targetOf(entry);
  return channelOf(entry).recorded?.(target) ?? target;
}

export const toWebhook = (webhook_id: string, entry: WebhookEntry): Webhook => ({
  webhook_id,
  target: targetOf(entry),
  disabled_because: entry.disabled_because,
});

/** Reads the text of a webhooks file. A problem is one sentence that names the field. */
export function parseWebhooks(text: string): ReadFile<WebhookEntries> {
  const read = parseFile(File, text);
  return 'problem' in read ? read : { file: new Map(Object.entries(read.file.webhooks)) };
}

/** The text of a file with these webhooks. */
export const writeWebhooks = (entries: WebhookEntries): string =>
  `${JSON.stringify({ webhooks: Object.fromEntries(entries) }, null, 2)}\n`;
