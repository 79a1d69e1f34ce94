// @ts-check
const NEWLINE = 0x0a;

/**
 * Writes whole lines only, so that a firewall that ends in the middle of one leaves no half of it with anybody. Once nobody
 * reads any more, what is written is dropped.
 *
 * @param {import('node:stream').Writable} stream
 */
export function wholeLines(stream) {
  /** @type {Buffer[]} */
  let held = [];
  let isClosed = false;
  stream.on('error', () => (isClosed = true)).on('close', () => (isClosed = true));

  /** @param {Uint8Array | string} data */
  const put = (data) => {
    if (!isClosed && !stream.writableEnded) stream.write(data);
  };
  return {
    /** @param {Buffer} bytes */
    write(bytes) {
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end === bytes.length && held.length === 0) return put(bytes);
      if (end > 0) {
        put(Buffer.concat([...held, bytes.subarray(0, end)]));
        held = [];
      }
      if (end < bytes.length) held.push(bytes.subarray(end));
    },
    /** Beside the lines that are written in pieces. */
    line: put,
    /** What is unfinished is not written. */
    drop() {
      held = [];
    },
    /** Ends the stream after what is unfinished. */
    end() {
      put(Buffer.concat(held));
      held = [];
      stream.end();
    },
    /** Resolves once all that was written is with the reader, or nobody reads any more. */
    flush: () =>
      new Promise((resolve) => {
        if (isClosed || stream.writableEnded) return resolve(undefined);
        stream.once('close', resolve).once('error', resolve).write('', resolve);
      }),
    get waitingBytes() {
      return stream.writableLength;
    },
    get isClosed() {
      return isClosed;
    },
  };
}
