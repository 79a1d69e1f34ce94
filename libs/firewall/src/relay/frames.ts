/** A frame's payload has at most this many bytes; longer data is several frames. */
export const MAX_FRAME_BYTES = 262_144;
/** Its type (one letter), n and the length of its payload, both unsigned and big-endian. */
const HEADER_BYTES = 9;
const N_AT = 1;
const LENGTH_AT = 5;

/** What came, and is gone when `take` returns: the payload may be a part of the chunk that it came in. */
export type TakeFrame = (type: string, n: number, payload: Buffer) => void;

/** A frame as one piece of memory, so that it is one write. `bytes` has at most {@link MAX_FRAME_BYTES}. */
export function encodeFrame(type: string, bytes: Uint8Array | string, n = 0): Buffer {
  const length = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame[0] = type.charCodeAt(0);
  frame.writeUInt32BE(n, N_AT);
  frame.writeUInt32BE(length, LENGTH_AT);
  if (typeof bytes === 'string') frame.write(bytes, HEADER_BYTES);
  else frame.set(bytes, HEADER_BYTES);
  return frame;
}

function lengthAt(from: Buffer, at: number): number {
  const length = from.readUInt32BE(at + LENGTH_AT);
  if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame has more than ${MAX_FRAME_BYTES} bytes.`);
  return length;
}

const typeAt = (from: Buffer, at: number): string => String.fromCharCode(from[at] as number);

/**
 * Reads frames from chunks, however they are cut. What is in one chunk whole is not copied; of the rest, memory is taken as
 * bytes come. The function that it gives reads so many frames of a chunk at most, and says how many bytes they were.
 *
 * @throws RangeError from the function that it gives, where a frame is longer than it may be
 */
export function createFrameReader(
  take: TakeFrame,
  most = Number.POSITIVE_INFINITY,
): (chunk: Buffer) => number {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let payload = Buffer.alloc(0);
  let payloadBytes = 0;

  /** What completes a frame that began in a chunk before; gives where the next one begins. */
  const resume = (chunk: Buffer): number => {
    let at = 0;
    if (headerBytes < HEADER_BYTES) {
      at = chunk.copy(header, headerBytes, 0, HEADER_BYTES - headerBytes);
      headerBytes += at;
      if (headerBytes < HEADER_BYTES) return at;
      // Untouched memory costs nothing: whoever announces much and sends nothing holds none.
      payload = Buffer.allocUnsafeSlow(lengthAt(header, 0));
      payloadBytes = 0;
    }
    const copied = chunk.copy(payload, payloadBytes, at, at + payload.length - payloadBytes);
    payloadBytes += copied;
    if (payloadBytes === payload.length) {
      headerBytes = 0;
      const whole = payload;
      payload = Buffer.alloc(0);
      take(typeAt(header, 0), header.readUInt32BE(N_AT), whole);
    }
    return at + copied;
  };

  return (chunk) => {
    let at = headerBytes > 0 ? resume(chunk) : 0;
    for (let frames = 0; at < chunk.length && frames < most; frames++) {
      const left = chunk.length - at;
      const end = left < HEADER_BYTES ? Number.POSITIVE_INFINITY : at + HEADER_BYTES + lengthAt(chunk, at);
      if (end > chunk.length) {
        at += resume(chunk.subarray(at));
        continue;
      }
      take(typeAt(chunk, at), chunk.readUInt32BE(at + N_AT), chunk.subarray(at + HEADER_BYTES, end));
      at = end;
    }
    return at;
  };
}
