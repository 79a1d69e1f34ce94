import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ServerEntry, StdioUpstream } from '@aegis/firewall/servers';
import { createServerLines, MAX_LINE_BYTES, readLines, type ServerWord } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import type { Away } from '../away.ts';
import { Unavailable } from '../connection.ts';
import { TooLarge } from '../http/too-large.ts';
import { readInTurns } from '../in-turns.ts';
import { expandUpstream } from '../servers/expand.ts';
import { unfinished } from '../unfinished.ts';
import { childEnv } from './child-env.ts';
import { whyNotStarted } from './why-not-started.ts';

/** When a server that does not end after its input has gets which signal. */
const SIGNALS_AFTER_MS = { SIGTERM: 500, SIGKILL: 1_500 } as const;
/** The end of a process and the end of its output come in any order; the last answer may be between them. */
const SECOND_END_MS = 500;
/** What may wait for a server that does not read. */
const MAX_WAITING_BYTES = 4 * MAX_LINE_BYTES;
const MAX_STDERR_CHARS = 1_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export type ServerProcessOptions = {
  readonly entry: ServerEntry<StdioUpstream>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the release of a place among the processes. @throws Unavailable where there is none */
  readonly takeSlot: () => () => void;
  readonly log: Logger;
  readonly away: Away;
  /** Whether somebody waited for it. */
  readonly heard: (word: ServerWord) => boolean;
  /** Told once, with the reason as part of a sentence. */
  readonly ended: (because: string) => void;
};

type Started = { readonly child: Child; readonly upstream: StdioUpstream };

function start({ entry, env, away }: ServerProcessOptions): Started {
  const unavailable = (because: string): Unavailable => {
    away.failed(entry, `it ${because}`);
    return new Unavailable(`The server ${entry.name} ${because}.`);
  };
  const expanded = expandUpstream(entry.upstream, env);
  if ('problem' in expanded) {
    throw unavailable(`can't be used: ${expanded.problem}`);
  }
  const { command, args, cwd, env: own } = expanded.upstream;
  try {
    // A group of its own: npx and shells start the server as a child of theirs.
    const child = spawn(command, args, { cwd, env: childEnv(env, own), stdio: 'pipe', detached: true });
    return { child, upstream: expanded.upstream };
  } catch (error) {
    throw unavailable(whyNotStarted(error, expanded.upstream));
  }
}

/** One process of a stdio server. */
export class ServerProcess {
  readonly #child: Child;
  readonly #options: ServerProcessOptions;
  readonly #exited = Promise.withResolvers<void>();
  #because: string | undefined;
  #isOver = false;
  #hasSpoken = false;
  #isStopping = false;

  /** @throws Unavailable where a variable is not set, or too many processes run */
  constructor(options: ServerProcessOptions) {
    this.#options = { ...options, heard: (word) => this.#heard(word, options.heard) };
    const release = options.takeSlot();
    let upstream: StdioUpstream;
    try {
      ({ child: this.#child, upstream } = start(options));
    } catch (error) {
      release();
      throw error;
    }
    void this.#exited.promise.then(release);
    this.#child.once('error', (error) => {
      if (this.#child.pid !== undefined) return;
      this.#exited.resolve();
      this.#over(`it ${whyNotStarted(error, upstream)}`);
    });
    this.#child.once('exit', (code, signal) => {
      this.#exited.resolve();
      this.#ends(signal === null ? `it ended (exit code ${code})` : `it was ended (${signal})`);
    });
    // What can't be written is lost with the process, and its end is told.
    this.#child.stdin.on('error', () => undefined);
    void this.#readOutput();
    void this.#readErrors();
  }

  /** False where the command could not be run at all. */
  get hasStarted(): boolean {
    return this.#child.pid !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends one message; false where the process does not read what it was sent before, or is over. */
  send(text: string): boolean {
    const { stdin } = this.#child;
    if (this.#isOver || stdin.writableLength > MAX_WAITING_BYTES) return false;
    stdin.write(`${text}\n`);
    return true;
  }

  /** Closes its input, then asks it to end, then makes it. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.stdin.end();
    const timers = (['SIGTERM', 'SIGKILL'] as const).map((signal) =>
      setTimeout(() => this.#signal(signal), SIGNALS_AFTER_MS[signal]),
    );
    await this.#exited.promise;
    for (const timer of timers) clearTimeout(timer);
    // What it started may have outlived it.
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended already.
    }
  }

  async #readOutput(): Promise<void> {
    const { log, heard } = this.#options;
    let isAnswer = false;
    const lines = createServerLines((word) => {
      isAnswer = heard(word) || isAnswer;
    });
    const share = unfinished.share();
    try {
      await readInTurns(this.#child.stdout, (piece) => {
        isAnswer = false;
        lines.take(piece);
        share.keep(lines.keptBytes);
        return { isAnswer };
      });
    } catch (err) {
      if (err instanceof TooLarge) this.#ends(err.message);
      log.info({ err }, 'the output of the server broke off');
    }
    share.keep(0);
    lines.end();
    this.#ends('it closed its output');
  }

  async #readErrors(): Promise<void> {
    const { log } = this.#options;
    // Lines that nobody is shown are not looked for: there may be no end of them.
    if (!log.isLevelEnabled('debug')) return void this.#child.stderr.resume();
    const tooLong = (): void => log.debug('the server wrote a long line to stderr');
    try {
      for await (const line of readLines(this.#child.stderr, { tooLong })) {
        log.debug({ text: line.toString('utf8').slice(0, MAX_STDERR_CHARS) }, 'the server wrote to stderr');
      }
    } catch {
      // Nobody needs the rest of it.
    }
  }

  #heard(word: ServerWord, heard: ServerProcessOptions['heard']): boolean {
    if (!this.#hasSpoken) this.#options.away.answered(this.#options.entry);
    this.#hasSpoken = true;
    return heard(word);
  }

  /** The first of the two ends: the other one is waited for, but not for long. */
  #ends(because: string): void {
    if (this.#because !== undefined)
      return this.#over(because.startsWith('it closed') ? this.#because : because);
    this.#because = because;
    setTimeout(() => this.#over(because), SECOND_END_MS).unref();
  }

  #over(because: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { away, entry, ended } = this.#options;
    if (!this.#hasSpoken && !this.#isStopping) away.failed(entry, because);
    ended(because);
  }
}
