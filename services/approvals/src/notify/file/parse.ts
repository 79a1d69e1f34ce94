import { describeIssues, toAppError } from '@aegis/kit/errors';
import { parseStrictJson } from '@aegis/kit/json';
import { type Entries, type Entry, File } from './entry.ts';

const asPartOfIt = (message: string): string =>
  message
    .replace(/^The body is/, 'it is')
    .replace(/^body: /, '')
    .replace(/\.$/, '');

/** Reads the text of a webhooks file. A problem is one sentence that names the field. */
export function parseWebhooks(text: string): { entries: Entries } | { problem: string } {
  let document: unknown;
  try {
    document = parseStrictJson(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    return { problem: asPartOfIt(toAppError(thrown).message) };
  }
  const parsed = File.safeParse(document, { reportInput: true });
  if (!parsed.success) return { problem: describeIssues(parsed.error) };
  return { entries: new Map<string, Entry>(Object.entries(parsed.data.webhooks)) };
}

/** The text of a file with these webhooks. */
export const writeWebhooks = (entries: Entries): string =>
  `${JSON.stringify({ webhooks: Object.fromEntries(entries) }, null, 2)}\n`;
