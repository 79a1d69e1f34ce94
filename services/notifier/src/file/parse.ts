import { parseFile, type ReadFile } from '@aegis/kit/files';
import { File, type WebhookEntries } from './entry.ts';

/** Reads the text of a webhooks file. A problem is one sentence that names the field. */
export function parseWebhooks(text: string): ReadFile<WebhookEntries> {
  const read = parseFile(File, text);
  return 'problem' in read ? read : { file: new Map(Object.entries(read.file.webhooks)) };
}

/** The text of a file with these webhooks. */
export const writeWebhooks = (entries: WebhookEntries): string =>
  `${JSON.stringify({ webhooks: Object.fromEntries(entries) }, null, 2)}\n`;
