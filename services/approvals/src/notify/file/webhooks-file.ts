import { readFile, stat } from 'node:fs/promises';
import { AppError } from '@aegis/kit/errors';
import { type Draft, draftFile, watchPath } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import { createMutex } from '@aegis/kit/mutex';
import type { Entries } from './entry.ts';
import { whileLocked } from './lock.ts';
import { parseWebhooks, writeWebhooks } from './parse.ts';

const MAX_FILE_BYTES = 1_048_576;

export type WebhooksFile = {
  start(): Promise<void>;
  stop(): void;
  /** Those in force: of the last good file. */
  entries(): Entries;
  /** Whether the file stands there: where it was taken away, what it had is not to be forgotten. */
  isThere(): boolean;
  /**
   * Changes the file as it stands now. `record` is called when the new content is on the disk, before anybody sees it; where that
   * fails nothing changes.
   *
   * @throws AppError `read_only`, `version_conflict`, and what `edit` and `record` throw
   */
  change(edit: (entries: Entries) => Entries, record: () => Promise<void>): Promise<void>;
  readonly problem: string | undefined;
};

type Reading = { entries: Entries; text: string | undefined } | { problem: string };

/** What stands at the path now; a missing file means that there are no webhooks. Never throws. */
async function read(path: string): Promise<Reading> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) return { problem: `it is larger than ${MAX_FILE_BYTES} bytes` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    const parsed = parseWebhooks(text);
    return 'problem' in parsed ? parsed : { ...parsed, text };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { entries: new Map(), text: undefined };
    return { problem: error instanceof TypeError ? 'it is not UTF-8 text' : `it can't be read: ${message}` };
  }
}

const readOnly = (detail: string, cause?: unknown): AppError => new AppError('read_only', detail, { cause });

const draftOf = (path: string, entries: Entries): Promise<Draft> =>
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
  entries: () => new Map(),
  isThere: () => false,
  change: () =>
    Promise.reject(
      readOnly('WEBHOOKS_FILE is not set: set it to a file that the approvals service may write.'),
    ),
  problem: undefined,
};

/**
 * The webhooks of a file that is read again when it changes. A file that turns bad, or goes away, leaves the last good one in
 * force. `changed` is awaited when others are in force than before.
 */
export function createWebhooksFile(
  path: string | undefined,
  log: Logger,
  changed: () => Promise<void>,
): WebhooksFile {
  if (path === undefined) return NO_FILE;
  const inTurn = createMutex();
  let entries: Entries = new Map();
  let inForce: string | undefined;
  let problem: string | undefined;
  let watcher: { stop(): void } | undefined;

  const refuse = (why: string): void => {
    problem = `the webhooks file ${path} was refused (${why}); the last good one stays in force`;
    log.warn({ problem }, 'webhooks file not in force');
  };
  const take = async (): Promise<void> => {
    const now = await read(path);
    if ('problem' in now) return refuse(now.problem);
    if (now.text === undefined && inForce !== undefined) return refuse('it is gone');
    problem = undefined;
    if (now.text === inForce) return;
    ({ entries, text: inForce } = now);
    log.info({ webhooks: [...entries.keys()] }, 'webhooks in force');
    await changed();
  };
  const draft = async (edit: (entries: Entries) => Entries): Promise<Draft> => {
    const now = await read(path);
    if ('problem' in now) {
      throw readOnly(`The webhooks file ${path} was refused (${now.problem}): mend it first.`);
    }
    // A file that went away comes back with what is in force.
    return draftOf(path, edit(now.text === undefined ? entries : now.entries));
  };
  const replace: WebhooksFile['change'] = async (edit, record) => {
    const drafted = await draft(edit);
    try {
      await record();
      await drafted.commit();
    } catch (thrown) {
      await drafted.discard();
      throw thrown;
    }
  };
  const change: WebhooksFile['change'] = async (edit, record) => {
    await whileLocked(path, () => replace(edit, record));
    await take();
  };

  return {
    async start() {
      await inTurn(take);
      watcher = watchPath(path, () => void inTurn(take));
    },
    stop: () => watcher?.stop(),
    entries: () => entries,
    isThere: () => inForce !== undefined,
    change: (edit, record) => inTurn(() => change(edit, record)),
    get problem() {
      return problem;
    },
  };
}
