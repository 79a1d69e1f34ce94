import type { SaveWebhook, SaveWebhookReply, Webhook, WebhookChanged } from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import type { z } from 'zod';
import { channelOf, type WebhookEntry } from './channels/registry.ts';
import { MAX_WEBHOOKS, recordedTargetOf, toWebhook, type WebhookEntries } from './file/entry.ts';
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
  /**
   * Makes one or changes it, and lets it be told again. `by` is who does it. @throws AppError `read_only`, `invalid_request`
   */
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

/** What is kept; as a new webhook, where the present one is told in another way. */
function toEntry(present: WebhookEntry | undefined, { target, secret }: Save): WebhookEntry {
  const channel = channelOf(target);
  if (secret !== undefined && !('secret' in channel.entry.shape))
    throw invalid(`secret: a ${target.type} webhook has none`);
  const before = present?.type === target.type ? present : undefined;
  return (channel.keep?.(target, before, secret) ?? target) as WebhookEntry;
}

const secretOf = (entry: WebhookEntry | undefined): string | undefined =>
  entry && 'secret' in entry ? entry.secret : undefined;

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
    let before: WebhookEntry | undefined;
    let entry: WebhookEntry | undefined;
    const edit = (entries: WebhookEntries): WebhookEntries => {
      before = entries.get(webhook_id);
      return withOne(entries, webhook_id, (entry = toEntry(before, request)));
    };
    const recorded = () =>
      record(
        { webhook_id, change: 'saved', target: recordedTargetOf(entry as WebhookEntry), by },
        deadlineMs,
      );
    await file.change(edit, recorded);
    const webhook = toWebhook(webhook_id, entry as unknown as WebhookEntry);
    const secret = secretOf(entry);
    return secret === request.secret || secret === secretOf(before) ? { webhook } : { webhook, secret };
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
