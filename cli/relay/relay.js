// @ts-check
import { deny, unknownOutcome } from './answers.js';
import { Away } from './away.js';
import { DirectAnswers } from './direct-answers.js';
import { openLink } from './firewall-link.js';
import { OpenLines } from './open-lines.js';
import { wholeLines } from './whole-lines.js';

/** Bytes that wait for a reader, beyond which nothing more is taken from the client. */
const MAX_WAITING_BYTES = 1_048_576;
/** A client that hung up gets no answer; this long the firewall may take to say that the server gets nothing more. */
const HUNG_UP_MS = 2_000;
const NEWLINE = 0x0a;

/**
 * @typedef {object} RelayParts
 * @property {import('node:stream').Readable} input what the client says
 * @property {import('node:stream').Writable} output where it reads
 * @property {import('./server-process.js').ServerProcess} [server]
 * @property {Readonly<Record<string, unknown>>} hello what the firewall is told of this relay
 * @property {() => Promise<import('./connect.js').Connection>} connect
 * @property {(sentence: string) => void} say for people
 */

/** What the firewall ends a relay with; `refused`: the relay stays, and denies until it is let in again.
 * @typedef {{ detail: string, exit_code: number, refused?: boolean }} Fatal */

/**
 * Stands between a client, a server and the firewall, and judges nothing: what client and server say goes to the firewall,
 * and what the firewall says goes to them. While the firewall is away, each request of the client is denied, and nothing of
 * the server passes.
 */
export class Relay {
  #parts;
  #toClient;
  #toServer;
  #lines = new OpenLines();
  #direct = new DirectAnswers();
  /** @type {import('./firewall-link.js').FirewallLink | undefined} */
  #link;
  /** `before`: no firewall was there yet, so nothing is taken from anybody. @type {'before' | 'up' | 'away'} */
  #state = 'before';
  #away;
  #clientEnded = false;
  /** What the firewall of this link was told of that; it takes each word once. */
  #saidEnd = -1;
  #serverEnded = false;
  #serverIsMidLine = false;
  /** Whether the server's next words are the rest of a line that only an earlier firewall has the beginning of. */
  #skipsServerLine = false;
  /** @type {(() => void)[]} */
  #whenNoneOpen = [];
  /** @type {(fatal: Fatal | undefined) => void} */
  #end = () => undefined;

  /** Resolves once the firewall has said all that there is to say, or why it can't go on.
   * @type {Promise<Fatal | undefined>} */
  ended = new Promise((resolve) => {
    this.#end = resolve;
  });
  /** @type {() => void} */
  #overForServer = () => undefined;
  /** Resolves when the server is to get no more. @type {Promise<void>} */
  serverInputOver = new Promise((resolve) => {
    this.#overForServer = resolve;
  });
  /** @type {() => void} */
  #hungUp = () => undefined;
  /** Resolves when the client reads no more. @type {Promise<void>} */
  hungUp = new Promise((resolve) => {
    this.#hungUp = resolve;
  });

  /** @param {RelayParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { input, output, server, say } = parts;
    this.#away = new Away({ say, open: () => this.open(), isOver: () => this.#clientEnded });
    this.#toClient = wholeLines(output);
    this.#toServer = server && wholeLines(server.input);
    input.pause().on('data', (bytes) => this.#fromClient(bytes));
    for (const event of ['end', 'close', 'error']) input.on(event, () => this.#endOfClient());
    output.once('close', () => this.#clientHungUp()).on('error', () => output.destroy());
    server?.output.pause().on('data', (bytes) => this.#fromServer(bytes));
    output.on('drain', () => this.#flow());
    server?.input.on('drain', () => this.#flow());
  }

  /** Bytes that wait for the client to read them. */
  get waitingBytes() {
    return this.#toClient.waitingBytes;
  }

  /** Whether a firewall is there and has accepted this relay. */
  get isUp() {
    return this.#state === 'up';
  }

  /** Finds the firewall and tells it who is here. Rejects with NoFirewall. */
  async open() {
    const { connect, hello } = this.#parts;
    const connection = await connect();
    const { initialize } = this.#lines;
    const link = openLink(
      connection,
      { ...hello, initialize },
      { onFrame: (type, n, payload) => this.#heard(type, n, payload), onRoom: () => this.#flow() },
    );
    await link.ready;
    this.#link = link;
    this.#away.refusal = undefined;
    this.#saidEnd = -1;
    this.#direct.restart();
    this.#state = 'up';
    void link.closed.then(() => this.#lost());
    link.client.write(this.#lines.restart());
    if (this.#clientEnded) this.#sayClientEnded();
    this.#flow();
  }

  /** Resolves once no request of the client is open. */
  noneOpen() {
    return new Promise((resolve) => {
      if (this.#lines.size === 0) resolve(undefined);
      else this.#whenNoneOpen.push(() => resolve(undefined));
    });
  }

  /** Gives the server what is left for it, and then no more. */
  endServerInput() {
    this.#toServer?.end();
  }

  /**
   * The server has ended, and all that it said is with the firewall.
   *
   * @param {import('./server-process.js').Exit} exit
   */
  endOfServer(exit) {
    this.#serverEnded = true;
    const ended = { code: null, signal: null, ...exit };
    if (this.#state !== 'up') return this.#end(undefined);
    const bytes = Buffer.from(JSON.stringify({ code: ended.code, signal: ended.signal }));
    this.#link?.server.mark('X', { bytes });
  }

  /** Resolves once all that was written is with the client. */
  flush() {
    return this.#toClient.flush();
  }

  /** @param {Buffer} bytes */
  #fromClient(bytes) {
    const given = this.#lines.take(bytes);
    if (this.#state === 'up') this.#link?.client.write(given);
    else this.#denyAll();
    this.#flow();
  }

  #endOfClient() {
    if (this.#clientEnded) return;
    this.#clientEnded = true;
    this.#lines.end();
    if (this.#state === 'up') this.#sayClientEnded();
    else if (this.#state === 'away') {
      this.#denyAll();
      this.#endWithoutFirewall();
    }
  }

  /** With 1 where the client reads no more either. */
  #sayClientEnded() {
    const n = this.#toClient.isClosed ? 1 : 0;
    if (n <= this.#saidEnd) return;
    this.#saidEnd = n;
    this.#link?.client.mark('E', { n });
  }

  #clientHungUp() {
    this.#hungUp();
    const said = this.#clientEnded;
    this.#parts.input.destroy();
    this.#endOfClient();
    if (said) this.#sayClientEnded();
    setTimeout(() => this.#overForServer(), HUNG_UP_MS).unref();
  }

  /** @param {Buffer} bytes */
  #fromServer(bytes) {
    if (this.#state !== 'up') return;
    let from = 0;
    if (this.#skipsServerLine) {
      from = bytes.indexOf(NEWLINE) + 1;
      if (from === 0) return;
      this.#skipsServerLine = false;
    }
    this.#serverIsMidLine = bytes.at(-1) !== NEWLINE;
    const said = bytes.subarray(from);
    const answered = this.#direct.take(said, this.#takesAtOnce(said));
    // The firewall first: what the client has is on its way to the record, whatever becomes of this process.
    this.#link?.server.write(said, answered);
    if (answered > 0) {
      this.#toClient.line(said);
      this.#done(answered);
    }
    this.#flow();
  }

  /**
   * Whether both the firewall and the client get this now, and nothing of it waits here.
   *
   * @param {Buffer} said
   */
  #takesAtOnce(said) {
    return !this.#parts.output.writableNeedDrain && (this.#link?.takesAtOnce(said.length) ?? false);
  }

  /** @type {import('./frames.js').OnFrame} */
  #heard(type, n, payload) {
    if (type === 'c') this.#toClient.write(payload);
    else if (type === 's') this.#toServer?.write(payload);
    else if (type === 'p') return this.#direct.expect(JSON.parse(payload.toString()), n);
    else if (type === 'a') return this.#direct.hasRead(n);
    else if (type === 'e') this.#overForServer();
    else if (type === 'l') process.stderr.write(`${payload.toString()}\n`);
    else if (type === 'f') this.#fatal(JSON.parse(payload.toString()));
    if (n > 0) this.#done(n);
    this.#flow();
  }

  /** @param {Fatal} fatal */
  #fatal(fatal) {
    if (fatal.refused) this.#away.refusal = fatal.detail;
    else this.#end(fatal);
  }

  /** @param {number} n */
  #done(n) {
    this.#lines.done(n);
    this.#direct.done(n);
    if (this.#lines.size === 0) this.#noneIsOpen();
  }

  #noneIsOpen() {
    for (const resolve of this.#whenNoneOpen.splice(0)) resolve();
  }

  #denyAll() {
    this.#answerAll((asked) => deny(asked, this.#away.refusal));
  }

  /** @param {(asked: import('./answers.js').Asked) => string} answer */
  #answerAll(answer) {
    for (const asked of this.#lines.giveUp()) this.#toClient.line(answer(asked));
    this.#noneIsOpen();
  }

  #lost() {
    this.#state = 'away';
    this.#link = undefined;
    if (this.#serverEnded || (this.#clientEnded && this.#toServer === undefined)) return this.#end(undefined);
    this.#toClient.drop();
    this.#toServer?.drop();
    this.#skipsServerLine = this.#serverIsMidLine;
    this.#answerAll(unknownOutcome);
    if (this.#clientEnded) return this.#endWithoutFirewall();
    this.#flow();
    void this.#away.comeBack();
  }

  /** The client says no more and nobody is there to wait for: what the server still says is read by nobody. */
  #endWithoutFirewall() {
    if (this.#toServer === undefined) return this.#end(undefined);
    this.#overForServer();
    this.#parts.server?.output.resume();
  }

  /** Takes from each side what there is room for, and tells the firewall what was taken of it. */
  #flow() {
    const link = this.#link;
    const { input, output, server } = this.#parts;
    if (!output.writableNeedDrain) link?.toClient.taken();
    if (server?.input.writableNeedDrain === false) link?.toServer.taken();
    const hasRoom = this.#state === 'away' || link?.client.isFull === false;
    setFlowing(input, hasRoom && this.#toClient.waitingBytes <= MAX_WAITING_BYTES);
    if (server === undefined || (this.#clientEnded && this.#state === 'away')) return;
    setFlowing(server.output, link?.server.isFull === false);
  }
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {boolean} flows
 */
function setFlowing(stream, flows) {
  if (flows === !stream.isPaused()) return;
  if (flows) stream.resume();
  else stream.pause();
}
