import { setTimeout as sleep } from 'node:timers/promises';
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
  /**
   * Reads it again for whoever was sent what it does not have, since that may have been written a moment ago. However many
   * ask, and whatever they were sent, it is read five times a second at most. Never throws.
   */
  rereadSoon(): Promise<void>;
  /** What is in force. */
  readonly content: T;
  /** Whether a good file was ever read. */
  readonly wasRead: boolean;
  /** Whether nothing is at the path. */
  readonly isMissing: boolean;
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
  /** In force, and no problem, for as long as nothing ever was at the path; without it that is as if it were missing. */
  readonly unset?: T;
  /** What is in force where something is there that is no good file; it is a problem always. */
  readonly bad: 'nothing' | 'last-good';
  readonly log: Logger;
  /** Awaited whenever something else is in force than before; tried again where it throws. */
  readonly changed?: (before: T, now: T) => void | Promise<void>;
};

/** So long after one reading for what is not known the next one is made, in milliseconds. */
const REREAD_EVERY_MS = 200;

/** What is in force; `text` is what the last good file said. */
type InForce<T> = { readonly content: T; readonly text?: string; readonly problem?: string };

/** What is in force after the file was read. */
function next<T>(options: WatchedFileOptions<T>, read: ReadText, last: InForce<T>): InForce<T> {
  const { path, what, parse, nothing, missing, bad, nothingMeans } = options;
  const { content, text } = last;
  const refused = (why: string, left: 'nothing' | 'last-good' = bad): InForce<T> => {
    const problem = `the ${what} ${path} was refused (${why})`;
    return left === 'nothing'
      ? { content: nothing, problem: `${problem}; ${nothingMeans}` }
      : { ...last, problem: `${problem}; the last good one stays in force` };
  };
  if (read.state === 'text') {
    if (read.text === text) return { content, text };
    const parsed = parse(read.text, content);
    return 'problem' in parsed ? refused(parsed.problem) : { content: parsed.file, text: read.text };
  }
  if (read.state === 'missing') {
    if (missing === 'nothing') return { content: nothing };
    if (missing === 'last-good') return text === undefined ? { content } : refused('it is gone', missing);
    return { content: nothing, problem: `the ${what} ${path} ${read.problem}; ${nothingMeans}` };
  }
  return refused(`it ${read.problem}`);
}

/** A file that is read again when it changes, and that says what is wrong with it. */
export function createWatchedFile<T>(options: WatchedFileOptions<T>): WatchedFile<T> {
  const { path, what, nothing, unset, log, changed } = options;
  let now: InForce<T> = { content: nothing };
  let told: T = nothing;
  let said: string | undefined;
  let wasRead = false;
  let wasThere = false;
  let isMissing = false;

  const take = async (): Promise<void> => {
    const read = await readText(path);
    isMissing = read.state === 'missing';
    wasThere ||= !isMissing;
    now = !wasThere && unset !== undefined ? { content: unset } : next(options, read, now);
    wasRead ||= now.text !== undefined;
    if (now.problem !== undefined && now.problem !== said)
      log.warn({ problem: now.problem }, `${what} not in force`);
    said = now.problem;
    if (now.content === told) return;
    await changed?.(told, now.content);
    told = now.content;
  };
  const taking = takeOnChange(path, take, (err) =>
    log.error({ err }, `${what} not taken; will be tried again`),
  );

  let rereadAtMs = Number.NEGATIVE_INFINITY;
  let rereading: Promise<void> | undefined;
  const rereadInTurn = async (): Promise<void> => {
    await sleep(Math.max(0, rereadAtMs + REREAD_EVERY_MS - performance.now()));
    // Who asks from here on may know of a later writing than this reading sees.
    rereading = undefined;
    rereadAtMs = performance.now();
    await taking.now().catch((err: unknown) => log.error({ err }, `${what} not taken; will be tried again`));
  };

  return {
    start: () => taking.start(),
    stop: () => taking.stop(),
    reread: () => taking.now(),
    rereadSoon: () => (rereading ??= rereadInTurn()),
    get content() {
      return now.content;
    },
    get wasRead() {
      return wasRead;
    },
    get isMissing() {
      return isMissing;
    },
    get problem() {
      return now.problem;
    },
  };
}
