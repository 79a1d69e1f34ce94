import type { Puller } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { createMutex } from '@aegis/kit/mutex';
import type { WebhookEntries } from '../file/entry.ts';
import type { WebhooksFile } from '../file/webhooks-file.ts';
import type { Lines } from './lines.ts';

const AGAIN_AFTER_MS = 2_000;

export type SendingDeps = {
  lines: Pick<Lines, 'open' | 'close' | 'all'>;
  startSender: (webhookId: string) => Puller;
  file: Pick<WebhooksFile, 'entries' | 'isThere'>;
  log: Logger;
};

export type Sending = {
  /** Makes lines and senders fit the webhooks as they are now. Where the broker does not let it, it is tried again. */
  arrange(): Promise<void>;
  /** The webhooks that have a line. */
  webhooks(): WebhookEntries;
  stop(): Promise<void>;
  readonly problem: string | undefined;
};

/** A line and a sender for each webhook, and no more: a disabled one keeps its line, and nobody sends. */
export function createSending({ lines, startSender, file, log }: SendingDeps): Sending {
  const inTurn = createMutex();
  const opened = new Set<string>();
  const senders = new Map<string, Puller>();
  let inForce: WebhookEntries = new Map();
  let tidied = false;
  let stopped = false;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const stopSender = async (id: string): Promise<void> => {
    await senders.get(id)?.stop();
    senders.delete(id);
  };
  const closeOthers = async (entries: WebhookEntries): Promise<void> => {
    // Where the file is missing, nobody knows which lines are nobody's.
    const known = tidied || !file.isThere() ? opened : new Set([...opened, ...(await lines.all())]);
    for (const id of known) {
      if (entries.has(id)) continue;
      await stopSender(id);
      await lines.close(id);
      opened.delete(id);
    }
    tidied ||= file.isThere();
  };
  const openAll = async (entries: WebhookEntries): Promise<void> => {
    for (const [id, { disabled_because }] of entries) {
      if (!opened.has(id)) await lines.open(id);
      opened.add(id);
      if (disabled_because !== undefined) await stopSender(id);
      else if (!senders.has(id)) senders.set(id, startSender(id));
    }
  };
  const arrangeOnce = async (): Promise<void> => {
    clearTimeout(timer);
    if (stopped) return;
    try {
      const entries = file.entries();
      await closeOthers(entries);
      await openAll(entries);
      inForce = entries;
      problem = undefined;
    } catch (err) {
      problem = 'the webhooks are not in force: the broker did not make their queues; it is tried again';
      log.warn({ err }, 'webhooks not in force; trying again');
      timer = setTimeout(() => void inTurn(arrangeOnce), AGAIN_AFTER_MS);
    }
  };

  return {
    arrange: () => inTurn(arrangeOnce),
    webhooks: () => inForce,
    stop: () => {
      stopped = true;
      return inTurn(async () => {
        clearTimeout(timer);
        await Promise.all([...senders.keys()].map(stopSender));
      });
    },
    get problem() {
      return problem;
    },
  };
}
