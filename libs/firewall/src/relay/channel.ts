import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, MAX_FRAME_BYTES, type TakeFrame } from './frames.ts';
import { WINDOW_FRAME } from './protocol.ts';

/** Bytes of one stream that may be under way: sent, and not yet taken by who reads at the other end. */
export const WINDOW_BYTES = 1_048_576;
/** So many were taken before the other end hears of it. */
const GRANT_BYTES = WINDOW_BYTES / 4;
/** A frame that is no longer goes with others of its moment, so many bytes at most: a write costs more than they do. */
const SMALL_BYTES = 512;
const TOGETHER_BYTES = 16_384;
/** A frame costs something whatever it carries: so many are read at once, more of the same moment in turns. */
const FRAMES_AT_ONCE = 32;

/** `cost` is what it takes of the window: its bytes, or nothing for what only keeps its place. */
type Waiting = {
  readonly type: string;
  readonly bytes: Uint8Array | string;
  readonly n: number;
  readonly cost: number;
};

/** One stream of bytes to the other end, and what has to keep its place in it. */
export type Outgoing = {
  /** Sends bytes, or keeps them until the other end has room; n goes with the last piece. */
  write(bytes: Uint8Array | string, n?: number): void;
  /** Sends a frame of another type once all bytes before it have gone. */
  mark(type: string, bytes?: Uint8Array | string, n?: number): void;
  /** Undefined where nothing waits for the other end, else resolves once nothing does, or the socket is gone. */
  room(): Promise<void> | undefined;
  /** Bytes that wait for the other end to have room. */
  readonly waitingBytes: number;
};

export type Channel = {
  /** A frame that belongs to no stream. */
  send(type: string, bytes?: Uint8Array | string, n?: number): void;
  /** The stream of this letter to the other end. */
  outgoing(letter: string): Outgoing;
  /** So many bytes of the other end's stream were taken: it may send as many more. */
  taken(letter: string, bytes: number): void;
  /** Ends this half of the socket, after all that was sent. */
  end(): void;
};

export type ChannelOptions = {
  /** Letters of the streams that come from the other end. */
  readonly incoming: readonly string[];
  /** Takes each frame, windows aside. What it throws is a fault of the other end. */
  readonly take: TakeFrame;
  /** Whether more frames may be read now. Where not, `read` is called when they may; without it, they always may. */
  readonly inTurn?: (read: () => void) => boolean;
  /** The other end broke the protocol, and nothing more of it is read; told once. */
  readonly broken: (error: Error) => void;
};

/** While the other end does not read, small frames wait to be many: a write that waits takes far more memory. */
function createWriter(socket: Duplex) {
  const together = Buffer.allocUnsafeSlow(TOGETHER_BYTES);
  let used = 0;
  const write = (bytes: Uint8Array): void => {
    if (socket.writable) socket.write(bytes);
  };
  const flush = (): void => {
    if (used > 0) write(Buffer.from(together.subarray(0, used)));
    used = 0;
  };
  socket.on('drain', flush);
  const flushWhereRead = (): void => {
    if (!socket.writableNeedDrain) flush();
  };
  const send: Channel['send'] = (type, bytes = '', n = 0) => {
    const frame = encodeFrame(type, bytes, n);
    if (used + frame.length > TOGETHER_BYTES || frame.length > SMALL_BYTES) flush();
    if (frame.length > SMALL_BYTES) return write(frame);
    if (used === 0) process.nextTick(flushWhereRead);
    used += frame.copy(together, used);
  };
  return { send, flush };
}

function createOutgoing(send: Channel['send'], letter: string) {
  const queue: Waiting[] = [];
  let window = WINDOW_BYTES;
  let waitingBytes = 0;
  let room = Promise.withResolvers<void>();

  const flush = (): void => {
    for (let next = queue[0]; next !== undefined && next.cost <= window; next = queue[0]) {
      queue.shift();
      window -= next.cost;
      waitingBytes -= next.cost;
      send(next.type, next.bytes, next.n);
    }
    if (queue.length > 0) return;
    room.resolve();
    room = Promise.withResolvers<void>();
  };
  const add = (one: Waiting): void => {
    queue.push(one);
    waitingBytes += one.cost;
  };
  const out: Outgoing = {
    write(data, n = 0) {
      const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
      if (queue.length === 0 && length <= MAX_FRAME_BYTES && length <= window) {
        window -= length;
        return send(letter, data, n);
      }
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      let at = 0;
      do {
        const piece = bytes.subarray(at, at + MAX_FRAME_BYTES);
        at += MAX_FRAME_BYTES;
        add({ type: letter, bytes: piece, n: at < bytes.length ? 0 : n, cost: piece.length });
      } while (at < bytes.length);
      flush();
    },
    mark(type, bytes = '', n = 0) {
      if (queue.length === 0) send(type, bytes, n);
      else add({ type, bytes, n, cost: 0 });
    },
    room: () => (queue.length === 0 ? undefined : room.promise),
    get waitingBytes() {
      return waitingBytes;
    },
  };
  return {
    out,
    /** @throws RangeError where there is all the room already, or none is given */
    grant(bytes: number): void {
      if (bytes === 0 || window === WINDOW_BYTES)
        throw new RangeError(`No room of ${letter} is there to give.`);
      // The other end can't have more room than all of it.
      window = Math.min(window + bytes, WINDOW_BYTES);
      flush();
    },
    drop(): void {
      queue.length = 0;
      waitingBytes = 0;
      flush();
    },
  };
}

/** Counts what came of each stream and was not taken yet. */
function createIncoming(letters: readonly string[], send: Channel['send']) {
  const open = new Map(letters.map((letter) => [letter, { underWay: 0, ungranted: 0 }]));
  return {
    /** @throws RangeError where the other end sends more than it may, or a frame with nothing in it */
    came(letter: string, bytes: number): void {
      const stream = open.get(letter);
      if (stream === undefined) return;
      if (bytes === 0) throw new RangeError(`A frame of ${letter} carries nothing.`);
      stream.underWay += bytes;
      if (stream.underWay > WINDOW_BYTES) throw new RangeError(`More of ${letter} than there is room for.`);
    },
    taken(letter: string, bytes: number): void {
      const stream = open.get(letter);
      if (stream === undefined) return;
      stream.ungranted += bytes;
      if (stream.ungranted < GRANT_BYTES) return;
      stream.underWay -= stream.ungranted;
      send(WINDOW_FRAME, letter, stream.ungranted);
      stream.ungranted = 0;
    },
  };
}

/** Reads a socket, of many frames at once so many in a turn; what is left of a chunk waits, and the socket with it. */
function readInTurns(
  socket: Duplex,
  read: (chunk: Buffer) => number,
  { broken, inTurn = () => true }: Pick<ChannelOptions, 'broken' | 'inTurn'>,
): void {
  let rest: Buffer = Buffer.alloc(0);
  const readSome = (): void => {
    rest = rest.subarray(read(rest));
  };
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      socket.off('data', onData);
      socket.resume();
      broken(error as Error);
    }
  };
  const goOn = (): void => {
    while (rest.length > 0 && !socket.destroyed) {
      if (!inTurn(onTurn)) return void socket.pause();
      readSome();
    }
    if (socket.isPaused()) socket.resume();
  };
  const onTurn = (): void => {
    if (socket.destroyed) return;
    attempt(() => {
      readSome();
      goOn();
    });
  };
  const onData = (chunk: Buffer): void => {
    rest = chunk;
    attempt(() => {
      readSome();
      goOn();
    });
  };
  socket.on('data', onData);
}

/**
 * Frames over a socket, both ways. Each stream of bytes has a window of its own, so that one whose reader is slow holds up
 * no other; the socket itself is always read, of many frames at once in turns.
 */
export function createChannel(socket: Duplex, options: ChannelOptions): Channel {
  const { incoming: letters, take } = options;
  const streams = new Map<string, ReturnType<typeof createOutgoing>>();
  const { send, flush } = createWriter(socket);
  const incoming = createIncoming(letters, send);
  const read = createFrameReader((type, n, payload) => {
    if (type === WINDOW_FRAME) {
      const stream = payload.length === 1 ? streams.get(payload.toString('latin1')) : undefined;
      if (stream === undefined) throw new RangeError('Room is given to a stream that is not there.');
      return stream.grant(n);
    }
    incoming.came(type, payload.length);
    take(type, n, payload);
  }, FRAMES_AT_ONCE);
  readInTurns(socket, read, options);
  socket.once('close', () => {
    for (const stream of streams.values()) stream.drop();
  });
  return {
    send,
    outgoing(letter) {
      const known = streams.get(letter);
      if (known !== undefined) return known.out;
      const made = createOutgoing(send, letter);
      streams.set(letter, made);
      return made.out;
    },
    taken: (letter, bytes) => incoming.taken(letter, bytes),
    end() {
      flush();
      socket.end();
    },
  };
}
