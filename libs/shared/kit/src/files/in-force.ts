import type { Logger } from '../logger.ts';
import type { ReadFile } from './parse-file.ts';
import { type ReadText, readText } from './read-text.ts';
import { takeOnChange } from './take-on-change.ts';

export type WatchedFile<T> = {
  /** Reads the file, then reads it again whenever it changes. @throws what `changed` throws */
  start(): Promise<void>;
  stop(): void;
  /** Reads it now, for whoever has just changed it. @throws what `changed` throws */
  reread(): Promise<void>;
  /** What is in force. */
  readonly content: T;
  /** Whether a good file was ever read. */
  readonly wasRead: boolean;
  /** Why the file as it is now is not in force, in words for people; undefined where it is. */
  readonly problem: string | undefined;
};

export type WatchedFileOptions<T> = {
  readonly path: string;
  /** What it is, such as `keys file`. */
  readonly what: string;
  /** `last` is what is in force, for parts of it that stay as they are. */
  readonly parse: (text: string, last: T) => ReadFile<T>;
  /** What is in force where no file is. */
  readonly nothing: T;
  /** The same in words, such as `no key is accepted`. */
  readonly nothingMeans: string;
  /**
   * What is in force where no file is there: `nothing`, as nobody has made it yet; `nothing`, and that is a `problem`; or
   * the `last-good` one, and that is a problem where there was one.
   */
  readonly missing: 'nothing' | 'problem' | 'last-good';
  /** What is in force where something is there that can't be read; it is a problem always. */
  readonly unreadable: 'nothing' | 'last-good';
  readonly log: Logger;
  /** Awaited whenever something else is in force than before; tried again where it throws. */
  readonly changed?: (before: T, now: T) => void | Promise<void>;
};

/** What is in force; `text` is what the last good file said. */
type InForce<T> = { readonly content: T; readonly text?: string; readonly problem?: string };

/** What is in force after the file was read. What was refused is not: the last good one stays. */
function next<T>(options: WatchedFileOptions<T>, read: ReadText, last: InForce<T>): InForce<T> {
  const { path, what, parse, nothing, missing, unreadable, nothingMeans } = options;
  const { content, text } = last;
  const refused = (why: string): InForce<T> => ({
    ...last,
    problem: `the ${what} ${path} was refused (${why}); the last good one stays in force`,
  });
  if (read.state === 'text') {
    if (read.text === text) return { content, text };
    const parsed = parse(read.text, content);
    return 'problem' in parsed ? refused(parsed.problem) : { content: parsed.file, text: read.text };
  }
  if (read.state === 'missing') {
    if (missing === 'nothing') return { content: nothing };
    if (missing === 'last-good') return text === undefined ? { content } : refused('it is gone');
  } else if (read.state === 'refused' || unreadable === 'last-good') return refused(`it ${read.problem}`);
  return { content: nothing, problem: `the ${what} ${path} ${read.problem}; ${nothingMeans}` };
}

/** A file that is read again when it changes, and that says what is wrong with it. */
export function createWatchedFile<T>(options: WatchedFileOptions<T>): WatchedFile<T> {
  const { path, what, nothing, log, changed } = options;
  let now: InForce<T> = { content: nothing };
  let told: T = nothing;
  let wasRead = false;

  const take = async (): Promise<void> => {
    now = next(options, await readText(path), now);
    wasRead ||= now.text !== undefined;
    if (now.problem !== undefined) log.warn({ problem: now.problem }, `${what} not in force`);
    if (now.content === told) return;
    await changed?.(told, now.content);
    told = now.content;
  };
  const taking = takeOnChange(path, take, (err) =>
    log.error({ err }, `${what} not taken; will be tried again`),
  );

  return {
    start: () => taking.start(),
    stop: () => taking.stop(),
    reread: () => taking.now(),
    get content() {
      return now.content;
    },
    get wasRead() {
      return wasRead;
    },
    get problem() {
      return now.problem;
    },
  };
}
