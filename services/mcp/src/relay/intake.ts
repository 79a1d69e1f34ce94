import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './pace.ts';
import type { Turns } from './turns.ts';

/** What reads one stream of a relay. */
export type Reader = {
  take(bytes: Buffer): void;
  /** All that came so far was taken. */
  readAll?(): unknown;
  /** No more comes. */
  end(): void;
  /** Undefined where more may be taken, else resolves once that is so. */
  room(): Promise<void> | undefined;
  /** Bytes of a line that is not whole. */
  keptBytes(): number;
};

const NEWLINE = 0x0a;
/** Small pieces that wait share memory: a stream of single bytes must not cost an object each. */
const PIECE_BYTES = 65_536;

/** Up to the end of the first line, or all where none ends. */
function lineOf(bytes: Buffer): Buffer {
  const end = bytes.indexOf(NEWLINE) + 1;
  return end === 0 ? bytes : bytes.subarray(0, end);
}

/** Bytes that came while there was no room, in as few pieces as they need. */
function createBacklog() {
  const pieces: { bytes: Buffer; from: number; used: number }[] = [];
  return {
    get isEmpty(): boolean {
      return pieces.length === 0;
    },
    add(bytes: Buffer): void {
      const last = pieces.at(-1);
      const copied = last === undefined ? 0 : bytes.copy(last.bytes, last.used);
      if (last !== undefined) last.used += copied;
      if (copied === bytes.length) return;
      const piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes.length - copied));
      pieces.push({ bytes: piece, from: 0, used: bytes.copy(piece, 0, copied) });
    },
    /** At most one line. */
    take(): Buffer {
      const [piece] = pieces;
      if (piece === undefined) return Buffer.alloc(0);
      const line = lineOf(piece.bytes.subarray(piece.from, piece.used));
      piece.from += line.length;
      if (piece.from === piece.used) pieces.shift();
      return line;
    },
  };
}

export type Intake = ReturnType<typeof createIntake>;

export type IntakeOptions = {
  readonly reader: Reader;
  readonly turns: Turns;
  /** How long this stream rests after what kept the event loop from others. */
  readonly pace: Pace;
  /** Told of each byte that was handed on. */
  readonly taken: (bytes: number) => void;
  /** Told what the reader throws later than its caller. */
  readonly failed: (error: unknown) => void;
};

/**
 * Hands the bytes of a stream to its reader, a line at a time, at once where there is room for what comes of them and others
 * have had their turn; what comes meanwhile waits.
 */
export function createIntake({ reader, turns, pace, taken, failed }: IntakeOptions) {
  const backlog = createBacklog();
  /** Whether it waits for room, or for its turn. */
  const state = { isBlocked: false, isStopped: false };
  let ended: (() => void) | undefined;

  const hand = (bytes: Buffer): void => {
    const before = process.threadCpuUsage();
    reader.take(bytes);
    taken(bytes.length);
    const { user, system } = process.threadCpuUsage(before);
    const restMs = pace((user + system) / 1_000);
    const room = reader.room();
    const until = restMs === 0 ? room : sleep(restMs).then(() => room ?? reader.room());
    if (until === undefined) return;
    state.isBlocked = true;
    until.then(goOn).catch(failed);
  };
  const isItsTurn = (): boolean => {
    if (state.isBlocked || state.isStopped) return false;
    state.isBlocked = !turns.take(onTurn);
    return !state.isBlocked;
  };
  const go = (): void => {
    while (!backlog.isEmpty && isItsTurn()) hand(backlog.take());
    if (!backlog.isEmpty || state.isStopped) return;
    reader.readAll?.();
    if (state.isBlocked || ended === undefined) return;
    const over = ended;
    ended = undefined;
    reader.end();
    over();
  };
  const goOn = (): void => {
    state.isBlocked = false;
    go();
  };
  const onTurn = (): void => {
    if (state.isStopped) return;
    try {
      state.isBlocked = false;
      hand(backlog.take());
      go();
    } catch (error) {
      failed(error);
    }
  };
  return {
    push(bytes: Buffer): void {
      if (state.isStopped) return;
      let rest = bytes;
      while (rest.length > 0 && backlog.isEmpty && isItsTurn()) {
        const line = lineOf(rest);
        rest = rest.subarray(line.length);
        hand(line);
      }
      if (rest.length > 0 && !state.isStopped) backlog.add(rest);
      else go();
    },
    /** No more comes: `over` is called once all that came was handed on. */
    end(over: () => void): void {
      ended = over;
      go();
    },
    /** What was not handed on never is. */
    stop(): void {
      state.isStopped = true;
    },
  };
}
