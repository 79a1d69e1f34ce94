import { readFile } from 'node:fs/promises';
import type { Logger } from '../logger.ts';
import type { ReadFile } from './parse-file.ts';
import { watchPath } from './watch-path.ts';

export type WatchedFile<T> = {
  /** Reads the file, then reads it again whenever it changes. */
  start(): Promise<void>;
  stop(): void;
  /** What is in force. */
  readonly content: T;
  /** Why the file as it is now is not in force, in words for people; undefined where it is. */
  readonly problem: string | undefined;
};

export type WatchedFileOptions<T> = {
  readonly path: string;
  /** What it is, such as `keys file`. */
  readonly what: string;
  readonly parse: (text: string) => ReadFile<T>;
  /** What is in force where the file can't be read. */
  readonly nothing: T;
  /** The same in words, such as `no key is accepted`. */
  readonly nothingMeans: string;
  /** A file that is not there is no problem: nobody has made one yet. */
  readonly optional?: boolean;
  readonly log: Logger;
  /** Told each time that the file was read. */
  readonly changed?: (before: T, now: T) => void;
};

/** Reads a file once. Bad content is not in force: the last good one stays. */
async function take<T>(options: WatchedFileOptions<T>, last: T): Promise<{ content: T; problem?: string }> {
  const { path, what, parse, nothing, nothingMeans, optional = false } = options;
  try {
    const read = parse(await readFile(path, 'utf8'));
    if ('file' in read) return { content: read.file };
    const problem = `the ${what} ${path} was refused (${read.problem}); the last good one stays in force`;
    return { content: last, problem };
  } catch (error) {
    // Without the file nobody can be told apart from a stranger.
    const { code } = error as NodeJS.ErrnoException;
    if (optional && code === 'ENOENT') return { content: nothing };
    return { content: nothing, problem: `the ${what} ${path} can't be read (${code}); ${nothingMeans}` };
  }
}

/** A file that is read again when it changes, and that says what is wrong with it. */
export function createWatchedFile<T>(options: WatchedFileOptions<T>): WatchedFile<T> {
  const { path, what, nothing, log, changed } = options;
  let now: { content: T; problem?: string } = { content: nothing };
  let watcher: { stop(): void } | undefined;
  let taking: Promise<void> = Promise.resolve();

  const takeAndTell = async (): Promise<void> => {
    const before = now.content;
    now = await take(options, before);
    if (now.problem !== undefined) log.warn({ problem: now.problem }, `${what} not in force`);
    changed?.(before, now.content);
  };
  const retake = (): Promise<void> => (taking = taking.then(takeAndTell));

  return {
    async start() {
      await retake();
      watcher = watchPath(path, () => void retake());
    },
    stop: () => watcher?.stop(),
    get content() {
      return now.content;
    },
    get problem() {
      return now.problem;
    },
  };
}
