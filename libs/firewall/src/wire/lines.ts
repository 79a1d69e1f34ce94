const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SMALLEST_BUFFER = 4096;
const NOTHING = Buffer.alloc(0);

/** Bytes of the longest ending. */
const ENDING = 2;

/** A line may have this many bytes, its ending not counted. */
export const MAX_LINE_BYTES = 16 * 1_048_576;

export type LineOptions = {
  /** Called once for each line that is too long, as soon as it is; nothing of it is kept. */
  readonly tooLong: () => void;
  readonly maxBytes?: number;
  /** Gives each line with its ending, for who passes it on as it came. */
  readonly withEnding?: boolean;
  /** Called for each line that has nothing in it. */
  readonly empty?: () => void;
  /** Shown what a line that is too long has, piece by piece, and its end. A piece is gone when this returns. */
  readonly skipped?: { take(piece: Buffer): void; end(): void };
};

/** Takes a byte stream apart into lines. */
export type LineSplitter = {
  /** The lines that these bytes end. A line that lies in them whole is not copied. */
  split(bytes: Buffer): Iterable<Buffer>;
  /** The last line, which needs no ending. */
  rest(): Iterable<Buffer>;
  /** Which line of the stream is at hand, from 1: the one that was given, or is being put together. */
  readonly number: number;
  /** Bytes of a line that is not whole. */
  readonly keptBytes: number;
};

/** A line without its ending: LF, or CR and LF. */
export function withoutEnding(line: Buffer): Buffer {
  const end = line.at(-1) === NEWLINE ? line.length - 1 : line.length;
  return line.subarray(0, line[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}

/** Puts one line at a time together. What came so far is copied, so that a few bytes don't keep a whole chunk alive. */
function createAssembler(options: LineOptions) {
  const { tooLong, maxBytes = MAX_LINE_BYTES, withEnding = false, empty, skipped } = options;
  let kept = Buffer.alloc(0);
  let size = 0;
  let isTooLong = false;
  const clear = (): void => {
    kept = Buffer.alloc(0);
    size = 0;
  };
  const skip = (bytes: Buffer): void => {
    if (!isTooLong) {
      tooLong();
      skipped?.take(kept.subarray(0, size));
    }
    isTooLong = true;
    skipped?.take(bytes);
    clear();
  };
  const add = (bytes: Buffer): void => {
    // Two bytes more could be its ending.
    if (isTooLong || size + bytes.length > maxBytes + ENDING) return skip(bytes);
    if (size + bytes.length > kept.length) {
      const room = Math.max(SMALLEST_BUFFER, 2 * (size + bytes.length));
      const larger = Buffer.allocUnsafeSlow(Math.min(room, maxBytes + ENDING));
      kept.copy(larger, 0, 0, size);
      kept = larger;
    }
    bytes.copy(kept, size);
    size += bytes.length;
  };
  /** The line that these bytes end; undefined where it is empty or too long. */
  const end = (bytes: Buffer): Buffer | undefined => {
    const isWhole = size === 0 && !isTooLong;
    if (!isWhole) add(bytes);
    const whole = isWhole ? bytes : kept.subarray(0, size);
    const line = withoutEnding(whole);
    if (line.length > maxBytes) skip(isWhole ? bytes : NOTHING);
    if (isTooLong) skipped?.end();
    const isLine = !isTooLong && line.length > 0;
    if (!isTooLong && !isLine) empty?.();
    isTooLong = false;
    clear();
    return isLine ? (withEnding ? whole : line) : undefined;
  };
  return { add, end, isAtStart: () => size === 0 && !isTooLong, size: () => size };
}

/** Takes a stream apart as its bytes come, for who has them handed in: each line is given at once. */
export function createLineSplitter(options: LineOptions): LineSplitter {
  const assembler = createAssembler(options);
  let number = 1;
  return {
    *split(bytes) {
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
        const line = assembler.end(bytes.subarray(from, at + 1));
        from = at + 1;
        if (line) yield line;
        number++;
      }
      if (from < bytes.length) assembler.add(bytes.subarray(from));
    },
    *rest() {
      if (assembler.isAtStart()) return;
      const last = assembler.end(Buffer.alloc(0));
      if (last) yield last;
    },
    get number() {
      return number;
    },
    get keptBytes() {
      return assembler.size();
    },
  };
}

/**
 * The lines of a byte stream, each without its ending (LF, or CR and LF) unless asked for, and only those that have
 * something in them. The last one needs no ending. Nothing is read ahead: while the consumer works on a line, the stream
 * waits. Memory is bounded by one line and one chunk; the cost is linear, however small the chunks are.
 *
 * @throws whatever the stream fails with
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<Buffer, void> {
  const lines = createLineSplitter(options);
  for await (const chunk of stream) {
    yield* lines.split(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  }
  yield* lines.rest();
}
