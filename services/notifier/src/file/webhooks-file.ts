import { AppError } from '@aegis/kit/errors';
import { createWatchedFile, type Draft, draftFile, type ReadFile, readText } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import { createMutex } from '@aegis/kit/mutex';
import { parseWebhooks, type WebhookEntries, writeWebhooks } from './entry.ts';
import { whileLocked } from './lock.ts';

const NOTHING: WebhookEntries = new Map();

export type WebhooksFile = {
  start(): Promise<void>;
  stop(): void;
  /** Those in force: of the last good file. */
  entries(): WebhookEntries;
  /** Whether the file stands there: where it was taken away, what it had is not to be forgotten. */
  isThere(): boolean;
  /**
   * Changes the file as it stands now. `record` is called when the new content is on the disk, before anybody sees it; where
   * that fails nothing changes.
   *
   * @throws AppError `read_only`, `version_conflict`, and what `edit` and `record` throw
   */
  change(edit: (entries: WebhookEntries) => WebhookEntries, record: () => Promise<void>): Promise<void>;
  readonly problem: string | undefined;
};

/** What stands at the path now; undefined where nothing does. Never throws. */
async function read(path: string): Promise<ReadFile<WebhookEntries> | undefined> {
  const now = await readText(path);
  if (now.state === 'missing') return undefined;
  return now.state === 'text' ? parseWebhooks(now.text) : { problem: `it ${now.problem}` };
}

const readOnly = (detail: string, cause?: unknown): AppError => new AppError('read_only', detail, { cause });

const draftOf = (path: string, entries: WebhookEntries): Promise<Draft> =>
  draftFile(path, writeWebhooks(entries), { mode: 'owner' }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw readOnly(
      `The webhooks file ${path} can not be written (${code}): change it where it comes from.`,
      cause,
    );
  });

/** Where no file is set: there are no webhooks, and none can be made. */
const NO_FILE: WebhooksFile = {
  start: () => Promise.resolve(),
  stop: () => undefined,
  entries: () => NOTHING,
  isThere: () => false,
  change: () =>
    Promise.reject(readOnly('WEBHOOKS_FILE is not set: set it to a file that the notifier may write.')),
  problem: undefined,
};

/**
 * The webhooks of a file that is read again when it changes. A file that turns bad, or goes away, leaves the last good one
 * in force. `changed` is awaited when others are in force than before.
 */
export function createWebhooksFile(
  path: string | undefined,
  log: Logger,
  changed: () => Promise<void>,
): WebhooksFile {
  if (path === undefined) return NO_FILE;
  const inTurn = createMutex();
  const file = createWatchedFile({
    path,
    what: 'webhooks file',
    parse: parseWebhooks,
    nothing: NOTHING,
    nothingMeans: 'there are no webhooks',
    missing: 'last-good',
    bad: 'last-good',
    log,
    async changed(_before, entries) {
      log.info({ webhooks: [...entries.keys()] }, 'webhooks in force');
      await changed();
    },
  });

  const draft = async (edit: (entries: WebhookEntries) => WebhookEntries): Promise<Draft> => {
    const now = await read(path);
    if (now && 'problem' in now) {
      throw readOnly(`The webhooks file ${path} was refused (${now.problem}): mend it first.`);
    }
    // A file that went away comes back with what is in force.
    return draftOf(path, edit(now?.file ?? file.content));
  };
  const change: WebhooksFile['change'] = async (edit, record) => {
    await whileLocked(path, async () => {
      const drafted = await draft(edit);
      try {
        await record();
        await drafted.commit();
      } catch (thrown) {
        await drafted.discard();
        throw thrown;
      }
    });
    await file.reread();
  };

  return {
    start: () => file.start(),
    stop: () => file.stop(),
    entries: () => file.content,
    isThere: () => file.wasRead,
    change: (edit, record) => inTurn(() => change(edit, record)),
    get problem() {
      return file.problem;
    },
  };
}
