import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './pace.ts';

/** What reads one stream of a relay. */
export type Reader = {
  take(bytes: Buffer): void;
  /** No more comes. */
  end(): void;
  /** Undefined where more may be taken, else resolves once that is so. */
  room(): Promise<void> | undefined;
  /** Bytes of a line that is not whole. */
  keptBytes(): number;
};

/** Small pieces that wait share memory: a stream of single bytes must not cost an object each. */
const PIECE_BYTES = 65_536;

/** Bytes that came while there was no room, in as few pieces as they need. */
function createBacklog() {
  const pieces: { bytes: Buffer; used: number }[] = [];
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
      pieces.push({ bytes: piece, used: bytes.copy(piece, 0, copied) });
    },
    take(): Buffer {
      const { bytes, used } = pieces.shift() ?? { bytes: Buffer.alloc(0), used: 0 };
      return bytes.subarray(0, used);
    },
  };
}

export type Intake = ReturnType<typeof createIntake>;

/**
 * Hands the bytes of a stream to its reader, at once where there is room for what comes of them; what comes meanwhile waits.
 * `taken` is told of each byte that was handed on, `failed` of what the reader throws later than its caller; `pace` says how
 * long a stream rests that kept the event loop from others.
 */
export function createIntake(
  reader: Reader,
  taken: (bytes: number) => void,
  failed: (error: unknown) => void,
  pace: Pace,
) {
  const backlog = createBacklog();
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
    if (until !== undefined) goOn(until).catch(failed);
  };
  const go = (): void => {
    if (!state.isBlocked && !state.isStopped && !backlog.isEmpty) hand(backlog.take());
    if (state.isBlocked || state.isStopped) return;
    // Each piece in a turn of the event loop of its own, so that others come in between.
    if (!backlog.isEmpty) return void goOn(nextTurn()).catch(failed);
    if (ended === undefined) return;
    const over = ended;
    ended = undefined;
    reader.end();
    over();
  };
  const goOn = async (until: Promise<void>): Promise<void> => {
    state.isBlocked = true;
    await until;
    state.isBlocked = false;
    go();
  };
  return {
    push(bytes: Buffer): void {
      if (state.isStopped) return;
      if (state.isBlocked || !backlog.isEmpty) backlog.add(bytes);
      else hand(bytes);
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
