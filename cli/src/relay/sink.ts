import type { Writable } from 'node:stream';

/** Where one side's messages go. Writing never fails: once nobody reads any more, all that is written is dropped. */
export type Sink = {
  write(data: Uint8Array | string): void;
  /**
   * Undefined where at most `maxBytes` wait to be read (default: the stream's own mark), or nobody reads any more; else
   * resolves once that is so.
   */
  room(maxBytes?: number): Promise<void> | undefined;
  /** Resolves once all that was written is with the reader, or nobody reads any more. */
  flush(): Promise<void>;
  /** Ends the stream once all that was written is with the reader. */
  end(): void;
  /** Resolves when nobody reads any more. */
  readonly closed: Promise<void>;
  /** Bytes that wait to be read. */
  readonly waitingBytes: number;
};

export function createSink(stream: Writable): Sink {
  const closed = Promise.withResolvers<void>();
  const state = { isClosed: false };
  let drained = Promise.withResolvers<void>();
  const close = (): void => {
    state.isClosed = true;
    closed.resolve();
    drained.resolve();
  };
  stream.on('error', close);
  stream.on('close', close);
  stream.on('drain', () => {
    drained.resolve();
    drained = Promise.withResolvers<void>();
  });
  const isFull = (maxBytes: number): boolean =>
    !state.isClosed && stream.writableNeedDrain && stream.writableLength > maxBytes;
  const untilRoom = async (maxBytes: number): Promise<void> => {
    while (isFull(maxBytes)) await drained.promise;
  };
  return {
    write(data) {
      if (!state.isClosed && !stream.writableEnded) stream.write(data);
    },
    room: (maxBytes = stream.writableHighWaterMark) => (isFull(maxBytes) ? untilRoom(maxBytes) : undefined),
    flush: () => {
      const flushed = Promise.withResolvers<void>();
      if (!state.isClosed && !stream.writableEnded) stream.write('', () => flushed.resolve());
      else flushed.resolve();
      return Promise.race([flushed.promise, closed.promise]);
    },
    end: () => void stream.end(),
    closed: closed.promise,
    get waitingBytes() {
      return stream.writableLength;
    },
  };
}
