// @ts-check
import { frameOf, MAX_FRAME_BYTES } from './frames.js';

/** Bytes of one stream that may be under way: sent, and not yet taken by who reads at the other end. */
const WINDOW_BYTES = 1_048_576;
/** So many were taken before the other end hears of it. */
const GRANT_BYTES = WINDOW_BYTES / 4;

/** @typedef {{ type: string, bytes: Uint8Array | undefined, n: number, cost: number }} Waiting */

/** One stream of bytes to the firewall: what it has no room for waits, and so does what has to keep its place. */
export class Outgoing {
  #letter;
  #send;
  /** @type {Waiting[]} */
  #queue = [];
  #window = WINDOW_BYTES;

  /**
   * @param {string} letter
   * @param {(frame: Buffer) => void} send
   */
  constructor(letter, send) {
    this.#letter = letter;
    this.#send = send;
  }

  /** Whether something waits for room. */
  get isFull() {
    return this.#queue.length > 0;
  }

  /**
   * Whether so many bytes would go at once.
   *
   * @param {number} bytes
   */
  hasRoom(bytes) {
    return this.#queue.length === 0 && bytes <= this.#window;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} [n] of the last frame of them
   */
  write(bytes, n = 0) {
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
      const piece = bytes.subarray(at, at + MAX_FRAME_BYTES);
      const isLast = at + MAX_FRAME_BYTES >= bytes.length;
      this.#queue.push({ type: this.#letter, bytes: piece, n: isLast ? n : 0, cost: piece.length });
    }
    this.#flush();
  }

  /**
   * A frame of another type, once all bytes before it have gone.
   *
   * @param {string} type
   * @param {{ bytes?: Uint8Array, n?: number }} [of]
   */
  mark(type, { bytes, n = 0 } = {}) {
    this.#queue.push({ type, bytes, n, cost: 0 });
    this.#flush();
  }

  /** @param {number} bytes */
  grant(bytes) {
    this.#window = Math.min(this.#window + bytes, WINDOW_BYTES);
    this.#flush();
  }

  #flush() {
    for (let next = this.#queue[0]; next !== undefined && next.cost <= this.#window; next = this.#queue[0]) {
      this.#queue.shift();
      this.#window -= next.cost;
      this.#send(frameOf(next.type, next.bytes, next.n));
    }
  }
}

/** Counts what came of one stream of the firewall, and says what was taken of it by who reads it. */
export class Incoming {
  #letter;
  #send;
  #came = 0;

  /**
   * @param {string} letter
   * @param {(frame: Buffer) => void} send
   */
  constructor(letter, send) {
    this.#letter = Buffer.from(letter);
    this.#send = send;
  }

  /** @param {number} bytes */
  came(bytes) {
    this.#came += bytes;
  }

  /** All that came is with its reader. */
  taken() {
    if (this.#came < GRANT_BYTES) return;
    this.#send(frameOf('w', this.#letter, this.#came));
    this.#came = 0;
  }
}
