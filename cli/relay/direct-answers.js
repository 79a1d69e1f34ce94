// @ts-check
import { isUtf8 } from 'node:buffer';

/** An error that asks the client to visit an address (MCP 2025-11-25): the firewall judges it first. */
const URL_ELICITATION_REQUIRED = -32_042;

/** What questions stand under (MCP 2026-07-28, and 2025-11-25 in errors), as any reader takes it: they are judged first. */
const MAY_ASK = /input_?requests|elicitations/iu;

/** What an error has; by anything else some reader may take it for another one. */
const OF_ERROR = new Set(['code', 'message', 'data']);

/** An id as it is, with no other way to write it. */
const PLAIN_ID = /"id"\s*:\s*("[^"\\]*"|0|-?[1-9]\d*)\s*[,}]/;

/** Longer answers go by the firewall: reading them here would cost more than the way. */
const MAX_BYTES = 16_384;

/**
 * How often a text stands in another.
 *
 * @param {string} text
 * @param {string} part
 */
const timesIn = (text, part) => text.split(part).length - 1;

/**
 * Whether there is no error, or one that clients take for an answer, and that asks for nothing.
 *
 * @param {number} errors
 * @param {{ code?: unknown, message?: unknown } | null | undefined} error
 */
const isPlainError = (errors, error) =>
  errors === 0 ||
  (Number.isSafeInteger(error?.code) &&
    typeof error?.message === 'string' &&
    error.code !== URL_ELICITATION_REQUIRED);

/**
 * The id that a line of the server answers, where every reader takes it for a plain and complete answer to that one; else
 * undefined. Inside a JSON string a quote is escaped, so what is looked for here stands only where a key or a whole string
 * stands.
 *
 * @param {string} line
 * @returns {unknown}
 */
function answeredId(line) {
  if (line.includes('\\u') || line.includes('\r') || MAY_ASK.test(line)) return undefined;
  const parts = ['"jsonrpc"', '"id"', '"method"', '"params"', '"result"', '"error"'];
  const [jsonrpc, ids, methods, params, results = 0, errors = 0] = parts.map((part) => timesIn(line, part));
  if (jsonrpc !== 1 || ids !== 1 || methods !== 0 || params !== 0 || results + errors !== 1) return undefined;
  // By these it may be no plain answer: of two of one name, another reader may take the other.
  if (timesIn(line, '"resultType"') > 1 || (errors === 1 && timesIn(line, '"code"') > 1)) return undefined;
  try {
    const message = JSON.parse(line);
    const keys = Object.keys(message);
    if (Array.isArray(message) || keys.length !== 3 || message.jsonrpc !== '2.0') return undefined;
    if (errors === 0 && (message.result?.resultType ?? 'complete') !== 'complete') return undefined;
    if (!Object.keys(message.error ?? {}).every((key) => OF_ERROR.has(key))) return undefined;
    return isPlainError(errors, message.error) && PLAIN_ID.test(line) ? message.id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Answers of the server that the firewall lets pass as they are. It says so of a request when it sends it on; the answer
 * then goes to the client at once, and to the firewall, which reads and records it. Whatever is not a plain answer to one of
 * these waits for the firewall's word, and so does all that the server says after it, until the firewall has read that far:
 * nothing overtakes anything.
 */
export class DirectAnswers {
  /** The client's line of each such request, by its id. @type {Map<unknown, number>} */
  #lines = new Map();
  /** The id of each, by the client's line. @type {Map<number, unknown>} */
  #ids = new Map();
  /** Lines of the server, whole ones. */
  #sent = 0;
  /** Up to which line the firewall has to have read. */
  #waitsFor = 0;
  #read = 0;
  #isMidLine = false;

  /**
   * The firewall lets a plain answer to this request pass.
   *
   * @param {unknown} id
   * @param {number} line of the client
   */
  expect(id, line) {
    this.#lines.set(id, line);
    this.#ids.set(line, id);
  }

  /**
   * A line of the client needs nothing more.
   *
   * @param {number} line
   */
  done(line) {
    if (!this.#ids.has(line)) return;
    this.#lines.delete(this.#ids.get(line));
    this.#ids.delete(line);
  }

  /**
   * The firewall has read so many lines of the server.
   *
   * @param {number} lines
   */
  hasRead(lines) {
    this.#read = lines;
  }

  /** Another firewall is there, or none. */
  restart() {
    this.#lines.clear();
    this.#ids.clear();
    this.#sent = 0;
    this.#waitsFor = 0;
    this.#read = 0;
    this.#isMidLine = false;
  }

  /**
   * What the server says: the client's line that it answers and that the client gets at once; 0 where the firewall says what
   * the client gets.
   *
   * @param {Buffer} bytes
   * @param {boolean} hasRoom whether the client takes more
   */
  take(bytes, hasRoom) {
    const wasMidLine = this.#isMidLine;
    let lines = 0;
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
      lines++;
      at = end + 1;
    }
    this.#isMidLine = at < bytes.length;
    this.#sent += lines;
    const mayPass = hasRoom && this.#read >= this.#waitsFor && this.#lines.size > 0;
    const isOneLine =
      lines === 1 && !wasMidLine && !this.#isMidLine && bytes.length <= MAX_BYTES && isUtf8(bytes);
    const line = mayPass && isOneLine ? (this.#lines.get(answeredId(bytes.toString())) ?? 0) : 0;
    if (line === 0) this.#waitsFor = this.#sent + (this.#isMidLine ? 1 : 0);
    return line;
  }
}
