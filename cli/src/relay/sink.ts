import type { Writable } from 'node:stream';

/** Where one side's messages go. Writing never fails: once nobody reads any more, all that is written is dropped. */
export type Sink = ReturnType<typeof createSink>;

export function createSink(stream: Writable) {
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
    write(data: Uint8Array | string): void {
      if (!state.isClosed && !stream.writableEnded) stream.write(data);
    },
    /**
     * Undefined where at most `maxBytes` wait to be read (default: the stream's own mark), or nobody reads any more; else
     * resolves once that is so.
     */
    room: (maxBytes: number = stream.writableHighWaterMark): Promise<void> | undefined =>
      isFull(maxBytes) ? untilRoom(maxBytes) : undefined,
    /** Resolves once all that was written is with the reader, or nobody reads any more. */
    flush: (): Promise<void> => {
      const flushed = Promise.withResolvers<void>();
      if (!state.isClosed && !stream.writableEnded) stream.write('', () => flushed.resolve());
      else flushed.resolve();
      return Promise.race([flushed.promise, closed.promise]);
    },
    /** Ends the stream once all that was written is with the reader. */
    end: (): void => void stream.end(),
    /** Resolves when nobody reads any more. */
    closed: closed.promise,
    /** Bytes that wait to be read. */
    get waitingBytes(): number {
      return stream.writableLength;
    },
  };
}
