import { createLineSplitter, MAX_LINE_BYTES, withoutEnding } from './lines.ts';
import { readServerMessage } from './read-message.ts';
import { readServerWords, type ServerWord } from './server-words.ts';
import { createTopScanner, type TopScanner } from './top-scanner.ts';

const NEWLINE = 0x0a;
const SMALLEST_BUFFER = 4096;
/** A message that was begun and is not whole is given up after such a silence, in milliseconds. */
const QUIET_MS = 2_000;
/** So much of a line that is too long is looked at for what it answers. */
const MAX_SCANNED_BYTES = 4 * MAX_LINE_BYTES;
const BROKEN_OFF = 'The message broke off in the middle.';
const SERVER_ENDED = 'The server ended in the middle of it.';

/** Takes each word of a server; `line` where it is one line as it came, with its ending. */
export type HearWord = (word: ServerWord, line?: Buffer) => void;

export type ServerLines = {
  take(bytes: Buffer): void;
  /** No more comes. */
  end(): void;
  /** Lines that were read. */
  readonly lines: number;
  /** Bytes of a message that is not whole. */
  readonly keptBytes: number;
};

/** Calls back after a silence, unless something more is said or it is stopped. */
function createPatience(quietMs: number, giveUp: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    stop,
    wait(): void {
      stop();
      timer = setTimeout(giveUp, quietMs).unref();
    },
  };
}

/** A line that is too long to be kept: what it answers is told once, at its end, or when nothing more comes. */
function createTooLong(hear: HearWord, quietMs: number) {
  let scanner = createTopScanner();
  let bytes = 0;
  let isTold = false;
  const tell = (): void => {
    patience.stop();
    if (isTold) return;
    isTold = true;
    const nonsense = `The message has ${bytes} bytes, more than the ${MAX_LINE_BYTES} that one may have.`;
    hear({ nonsense, answers: scanner.answers });
  };
  const patience = createPatience(quietMs, tell);
  return {
    take(piece: Buffer): void {
      if (isTold) return;
      bytes += piece.length;
      scanner.take(piece);
      if (bytes > MAX_SCANNED_BYTES) tell();
      else patience.wait();
    },
    end(): void {
      tell();
      scanner = createTopScanner();
      bytes = 0;
      isTold = false;
    },
  };
}

/** Lines that may be one message together, in memory of their own. */
function createDraft(first: Buffer, scanner: TopScanner) {
  let kept = Buffer.alloc(0);
  let bytes = 0;
  const add = (line: Buffer): void => {
    if (bytes + line.length > kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(SMALLEST_BUFFER, 2 * (bytes + line.length)));
      kept.copy(larger, 0, 0, bytes);
      kept = larger;
    }
    bytes += line.copy(kept, bytes);
  };
  add(first);
  return {
    scanner,
    /** What it is with this line: to be gone on with, whole as far as brackets tell, or never to be any message. */
    add(line: Buffer): 'open' | 'whole' | 'broken' {
      scanner.take(line);
      add(line);
      // A string has no line ending in it.
      if (scanner.isInString) return 'broken';
      return scanner.isOpen ? 'open' : 'whole';
    },
    get bytes() {
      return bytes;
    },
    text: () => kept.subarray(0, bytes),
  };
}

/** The beginning of a message that goes on in the next line, where this line may be one. */
function draftOf(line: Buffer) {
  const scanner = createTopScanner();
  scanner.take(line);
  return scanner.isOpen && !scanner.isInString ? createDraft(line, scanner) : undefined;
}

/**
 * Reads what a server writes, a message a line. One that is written over several lines is put together, unless a line
 * between is a message by itself. What is no message is told as such, with the request that it was meant to answer: at
 * once, or where more could come, after a silence of 2 s.
 */
export function createServerLines(hear: HearWord, quietMs: number = QUIET_MS): ServerLines {
  let draft: ReturnType<typeof createDraft> | undefined;
  const giveUp = (nonsense: string): void => {
    const answers = draft?.scanner.answers;
    patience.stop();
    draft = undefined;
    hear({ nonsense, answers });
  };
  const patience = createPatience(quietMs, () => giveUp(BROKEN_OFF));

  const onFirst = (line: Buffer): void => {
    const words = readServerWords(withoutEnding(line));
    if (words.some((word) => 'nonsense' in word)) {
      draft = draftOf(line);
      if (draft !== undefined) return patience.wait();
    }
    for (const word of words) hear(word, 'message' in word && !word.isMended ? line : undefined);
  };
  const onNext = (line: Buffer, begun: NonNullable<typeof draft>): void => {
    if ('message' in readServerMessage(withoutEnding(line))) {
      giveUp(BROKEN_OFF);
      return onFirst(line);
    }
    if (begun.bytes + line.length > MAX_LINE_BYTES)
      return giveUp(`The message has more than the ${MAX_LINE_BYTES} bytes that one may have.`);
    const state = begun.add(line);
    if (state === 'open') return patience.wait();
    if (state === 'broken') return giveUp('The message has the end of a line inside a string.');
    patience.stop();
    draft = undefined;
    for (const word of readServerWords(begun.text())) hear(word);
  };
  const onLine = (line: Buffer): void => (draft === undefined ? onFirst(line) : onNext(line, draft));

  const splitter = createLineSplitter({
    tooLong: () => draft && giveUp(BROKEN_OFF),
    withEnding: true,
    skipped: createTooLong(hear, quietMs),
  });
  return {
    take(bytes) {
      for (const line of splitter.split(bytes)) onLine(line);
    },
    end() {
      for (const line of splitter.rest()) {
        const isWhole =
          draft !== undefined || line.at(-1) === NEWLINE || 'message' in readServerMessage(line);
        // Whoever reads a line needs its end.
        if (isWhole) onLine(Buffer.concat([line, Buffer.of(NEWLINE)]));
        else hear({ nonsense: SERVER_ENDED, answers: undefined });
      }
      if (draft === undefined) return;
      patience.stop();
      draft = undefined;
      hear({ nonsense: SERVER_ENDED, answers: undefined });
    },
    get lines() {
      return splitter.number - 1;
    },
    get keptBytes() {
      return splitter.keptBytes + (draft?.bytes ?? 0);
    },
  };
}
