// @ts-check
/**
 * The pieces that a relay and the firewall send each other: a letter, a number, a length, and so many bytes. The firewall's
 * side of it is `@aegis/firewall/relay`, whose types only a newer Node can read.
 */

const HEAD_BYTES = 9;
/** Of one frame; what is longer goes in several. Both ends refuse more. */
export const MAX_FRAME_BYTES = 262_144;
const NOTHING = Buffer.alloc(0);

/** @typedef {(type: string, n: number, payload: Buffer) => void} OnFrame */

/**
 * One frame in one piece of memory, so that it leaves in one write.
 *
 * @param {string} type one ASCII letter
 * @param {Uint8Array} [payload] at most {@link MAX_FRAME_BYTES}
 * @param {number} [n]
 */
export function frameOf(type, payload = NOTHING, n = 0) {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
  frame[0] = type.charCodeAt(0);
  frame.writeUInt32BE(n, 1);
  frame.writeUInt32BE(payload.length, 5);
  frame.set(payload, HEAD_BYTES);
  return frame;
}

/**
 * Takes bytes as they come and hands on each frame that is whole.
 *
 * @param {OnFrame} onFrame
 * @returns {(bytes: Buffer) => void} throws where a frame is longer than it may be
 */
export function createDecoder(onFrame) {
  /** @type {Buffer} */
  let rest = NOTHING;
  return (bytes) => {
    const data = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    while (data.length - at >= HEAD_BYTES) {
      const length = data.readUInt32BE(at + 5);
      if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame has more than ${MAX_FRAME_BYTES} bytes.`);
      const end = at + HEAD_BYTES + length;
      if (end > data.length) break;
      const type = String.fromCharCode(/** @type {number} */ (data[at]));
      onFrame(type, data.readUInt32BE(at + 1), data.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    rest = data.subarray(at);
  };
}
