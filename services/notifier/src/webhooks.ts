import type { SaveWebhook, SaveWebhookReply, Webhook, WebhookChanged } from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import type { z } from 'zod';
import { makeSecret } from './channels/secret.ts';
import {
  MAX_WEBHOOKS,
  originOf,
  recordedTargetOf,
  toWebhook,
  type WebhookEntries,
  type WebhookEntry,
} from './file/entry.ts';
import type { WebhooksFile } from './file/webhooks-file.ts';

export type Save = Omit<SaveWebhook, 'credential'>;
export type Saved = z.infer<typeof SaveWebhookReply>;

export type WebhooksDeps = {
  file: Pick<WebhooksFile, 'entries' | 'change'>;
  /** Appends the event of a change. */
  record: (changed: WebhookChanged, deadlineMs: number) => Promise<void>;
  /** Why this target can not be told; undefined where it can. */
  problemOf: (target: Save['target']) => string | undefined;
  log: Logger;
};

export type Webhooks = {
  list(): Webhook[];
  /** @throws AppError `not_found` */
  find(webhookId: string): WebhookEntry;
  /** Makes one or changes it, and lets it be told again. `by` is who does it. @throws AppError `read_only`, `invalid_request` */
  save(request: Save, by: string, deadlineMs: number): Promise<Saved>;
  /** @throws AppError `not_found`, `read_only` */
  remove(webhookId: string, by: string, deadlineMs: number): Promise<void>;
  /** @throws AppError `read_only`; it is as it was then */
  disable(webhookId: string, because: string, deadlineMs: number): Promise<void>;
};

const RECEIVER = 'webhook:';
const invalid = (detail: string): AppError => new AppError('invalid_request', detail);

function found(entries: WebhookEntries, webhookId: string): WebhookEntry {
  const entry = entries.get(webhookId);
  if (entry) return entry;
  throw new AppError('not_found', `There is no webhook ${webhookId}.`);
}

/** A new secret moves the present one to `previous_secret`; the present one, given again, ends that. */
function secretsOf(present: WebhookEntry | undefined, given: string | undefined, made: string) {
  if (present?.type !== 'standard') return { secret: given ?? made };
  const { secret, previous_secret } = present;
  if (given === undefined) return { secret, previous_secret };
  return given === secret ? { secret } : { secret: given, previous_secret: secret };
}

/** The address of a slack webhook is shown by its origin; what was shown, sent back, means the address that there is. */
function addressOf(present: WebhookEntry | undefined, url: string): string {
  const isShown = present?.type === 'slack' && url === originOf(present.url);
  return isShown ? present.url : url;
}

function toEntry(present: WebhookEntry | undefined, { target, secret }: Save, made: string): WebhookEntry {
  if (target.type === 'standard') return { ...target, ...secretsOf(present, secret, made) };
  if (secret !== undefined) throw invalid(`secret: a ${target.type} webhook has none`);
  return target.type === 'slack' ? { ...target, url: addressOf(present, target.url) } : target;
}

function withOne(entries: WebhookEntries, webhookId: string, entry: WebhookEntry): WebhookEntries {
  if (entries.size >= MAX_WEBHOOKS && !entries.has(webhookId)) {
    throw invalid(`webhook_id: there are ${MAX_WEBHOOKS} webhooks already; remove one first`);
  }
  return new Map([...entries, [webhookId, entry]]);
}

export function createWebhooks({ file, record, problemOf, log }: WebhooksDeps): Webhooks {
  const save: Webhooks['save'] = async (request, by, deadlineMs) => {
    const { webhook_id, target } = request;
    const problem = problemOf(target);
    if (problem !== undefined) throw invalid(`target.${problem}`);
    const made = makeSecret();
    let entry: WebhookEntry | undefined;
    const edit = (entries: WebhookEntries): WebhookEntries =>
      withOne(entries, webhook_id, (entry = toEntry(entries.get(webhook_id), request, made)));
    const recorded = () =>
      record(
        { webhook_id, change: 'saved', target: recordedTargetOf(entry as WebhookEntry), by },
        deadlineMs,
      );
    await file.change(edit, recorded);
    const saved = entry as unknown as WebhookEntry;
    const webhook = toWebhook(webhook_id, saved);
    return saved.type === 'standard' && saved.secret === made ? { webhook, secret: made } : { webhook };
  };
  return {
    list: () => [...file.entries()].map(([id, entry]) => toWebhook(id, entry)),
    find: (webhookId) => found(file.entries(), webhookId),
    save,
    async remove(webhook_id, by, deadlineMs) {
      const edit = (entries: WebhookEntries): WebhookEntries => {
        found(entries, webhook_id);
        return new Map([...entries].filter(([id]) => id !== webhook_id));
      };
      await file.change(edit, () => record({ webhook_id, change: 'removed', by }, deadlineMs));
    },
    async disable(webhook_id, because, deadlineMs) {
      const edit = (entries: WebhookEntries): WebhookEntries =>
        withOne(entries, webhook_id, { ...found(entries, webhook_id), disabled_because: because });
      const by = `${RECEIVER}${webhook_id}`;
      await file.change(edit, () => record({ webhook_id, change: 'disabled', by, because }, deadlineMs));
      log.warn({ webhookId: webhook_id }, 'webhook disabled');
    },
  };
}
