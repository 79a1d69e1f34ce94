// @ts-check
import { readAsked } from './answers.js';

/** @typedef {import('./answers.js').Asked} Asked */

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);
/** Longer lines are read at once for what they ask, so that not all of them are kept. */
const KEEP_BYTES = 4_096;
/** The firewall refuses longer ones, so nobody need know what they ask. */
const MAX_LINE_BYTES = 16 * 1_048_576;
/** An `initialize` that is longer is not shown to a firewall that comes back. */
const MAX_INITIALIZE_BYTES = 65_536;

/**
 * The lines of the client that the firewall has and did not say that they need nothing more, so that each gets an answer
 * also where the firewall goes away. Lines count from 1 for each firewall.
 */
export class OpenLines {
  /** @type {Map<number, Buffer | Asked | undefined>} */
  #open = new Map();
  #count = 0;
  /** @type {Buffer[]} */
  #unfinished = [];
  #unfinishedBytes = 0;
  #isSkipping = false;
  /** The client's last `initialize`, as it came.
   * @type {string | undefined} */
  initialize;

  get size() {
    return this.#open.size;
  }

  /**
   * Takes what the client said, and gives what of it the firewall is to have: all but the rest of a line whose beginning
   * only an earlier firewall got.
   *
   * @param {Buffer} bytes
   * @returns {Buffer}
   */
  take(bytes) {
    let from = 0;
    if (this.#isSkipping) {
      from = bytes.indexOf(NEWLINE) + 1;
      if (from === 0) return NOTHING;
      this.#isSkipping = false;
    }
    const given = bytes.subarray(from);
    let at = 0;
    for (let end = given.indexOf(NEWLINE); end >= 0; end = given.indexOf(NEWLINE, at)) {
      this.#finish(given.subarray(at, end));
      at = end + 1;
    }
    if (at < given.length) this.#keep(given.subarray(at));
    return given;
  }

  /** The client says no more: what it left unfinished is a line too. */
  end() {
    if (this.#unfinishedBytes > 0) this.#finish(NOTHING);
  }

  /**
   * The firewall needs nothing more for a line.
   *
   * @param {number} n
   */
  done(n) {
    this.#open.delete(n);
  }

  /**
   * The requests among the open lines, in their order; none is open then.
   *
   * @returns {Asked[]}
   */
  giveUp() {
    const lines = [...this.#open.values()];
    this.#open.clear();
    return lines
      .map((line) => (Buffer.isBuffer(line) ? readAsked(line.toString()) : line))
      .filter((asked) => asked !== undefined);
  }

  /**
   * Another firewall is there: its lines count from 1.
   *
   * @returns {Buffer} the beginning of the line that the client is saying, which this firewall has to have too
   */
  restart() {
    this.#count = 0;
    if (this.#unfinishedBytes <= MAX_LINE_BYTES) return Buffer.concat(this.#unfinished);
    this.#isSkipping = true;
    this.#unfinishedBytes = 0;
    return NOTHING;
  }

  /** @param {Buffer} bytes */
  #keep(bytes) {
    this.#unfinishedBytes += bytes.length;
    if (this.#unfinishedBytes > MAX_LINE_BYTES) this.#unfinished = [];
    else this.#unfinished.push(bytes);
  }

  /** @param {Buffer} last */
  #finish(last) {
    const length = this.#unfinishedBytes + last.length;
    this.#open.set(++this.#count, length > MAX_LINE_BYTES ? undefined : this.#read(last));
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
  }

  /**
   * @param {Buffer} last
   * @returns {Buffer | Asked | undefined}
   */
  #read(last) {
    // A copy: a part of a chunk would keep all of the chunk.
    const line = Buffer.concat([...this.#unfinished, last]);
    if (line.length <= MAX_INITIALIZE_BYTES && line.includes('"initialize"')) {
      const text = line.toString();
      if (readAsked(text)?.method === 'initialize') this.initialize = text;
    }
    return line.length <= KEEP_BYTES ? line : readAsked(line.toString());
  }
}
