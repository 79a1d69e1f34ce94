import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { MAX_LINE_BYTES } from '@aegis/firewall/wire';
import { KEEP_ALIVE_MS } from '../limits.ts';
import { accepts } from './headers.ts';
import { encodeEvent } from './sse.ts';

const STREAM = 'text/event-stream';
const JSON_TYPE = 'application/json';
const KEEP_ALIVE = ': keep-alive\n\n';
/** Headers wait this long for a first event: one write to the client costs less than two. */
const HEADERS_WAIT_MS = 3;
/** A client that reads so much more slowly than its server writes is cut off; it may take the stream up again. */
const MAX_UNREAD_BYTES = 4 * MAX_LINE_BYTES;

/** The answer to one HTTP request of a client: one JSON text, or a stream of events once something comes before it. */
export class ClientStream {
  readonly #response: ServerResponse;
  readonly #takesEvents: boolean;
  readonly #takesJson: boolean;
  readonly #gone = new AbortController();
  #headers: OutgoingHttpHeaders = {};
  #keepAlive: NodeJS.Timeout | undefined;
  #isGathering = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#response = response;
    this.#takesEvents = accepts(request.headers.accept, STREAM);
    this.#takesJson = accepts(request.headers.accept, JSON_TYPE);
    response.on('error', () => this.#gone.abort());
    response.once('close', () => {
      clearInterval(this.#keepAlive);
      if (!response.writableFinished) this.#gone.abort();
    });
  }

  /** Aborted when the client closes its connection before it has the whole answer. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** What the client was told, where it was told something. */
  get status(): number | undefined {
    return this.#response.headersSent ? this.#response.statusCode : undefined;
  }

  get isStreaming(): boolean {
    return this.#response.headersSent;
  }

  get isEnded(): boolean {
    return this.#response.writableEnded || this.#gone.signal.aborted;
  }

  /** A header of whatever answer is given. */
  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** Begins a stream of events, where none has begun; the client has the headers at once. */
  startEvents(status = 200, headers: OutgoingHttpHeaders = {}): void {
    if (this.isStreaming || this.isEnded) return;
    this.#response.writeHead(status, {
      'content-type': STREAM,
      'cache-control': 'no-cache, no-transform',
      ...headers,
      ...this.#headers,
    });
    this.#gather();
    this.#response.flushHeaders();
    setTimeout(this.#flush, HEADERS_WAIT_MS);
  }

  /** What is written from now on goes out with the next flush, as one write. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#response.socket?.cork();
  }

  #flush = (): void => {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#response.socket?.uncork();
  };

  #write(bytes: Buffer | string): boolean {
    this.#gather();
    setImmediate(this.#flush);
    return this.#response.write(bytes);
  }

  /** Comments now and then keep the line open while nothing else is said; the first one begins the stream. */
  keepOpen(): void {
    if (!this.#takesEvents) return;
    this.#keepAlive ??= setInterval(() => {
      this.startEvents();
      this.#push(KEEP_ALIVE);
    }, KEEP_ALIVE_MS).unref();
  }

  /** Says something beside the answer; false where the client takes no events, or is gone. */
  notify(text: string, id?: string): boolean {
    if (!this.#takesEvents || this.isEnded) return false;
    this.startEvents();
    this.#push(encodeEvent({ data: text, event: 'message', id }));
    return true;
  }

  /** Writes bytes of a stream that has begun; waits where the client reads slowly. */
  async write(bytes: Buffer | string): Promise<void> {
    if (this.isEnded || this.#write(bytes)) return;
    await once(this.#response, 'drain', { signal: this.gone }).catch(() => undefined);
  }

  /** The answer to a request, in the form that fits what was said before. */
  answer(text: string, status = 200): void {
    if (this.isEnded) return;
    if (!this.isStreaming && this.#takesJson) return this.send(status, text, { 'content-type': JSON_TYPE });
    this.startEvents();
    this.#push(encodeEvent({ data: text, event: 'message' }));
    this.end();
  }

  /** A refusal: JSON, whatever the client would rather have. */
  answerJson(text: string, status: number): void {
    if (this.isStreaming) this.answer(text);
    else this.send(status, text, { 'content-type': JSON_TYPE });
  }

  /** A whole answer that is no event. Only where none has begun. */
  send(status: number, body: Buffer | string | undefined, headers: OutgoingHttpHeaders = {}): void {
    if (this.isEnded) return;
    const bytes = Buffer.from(body ?? '');
    this.#response.writeHead(status, { ...headers, ...this.#headers, 'content-length': bytes.length });
    this.#response.end(bytes);
  }

  /** Nobody waits for an answer: an empty stream, or nothing. */
  nothing(): void {
    if (this.#takesEvents) this.startEvents();
    if (this.isStreaming) this.end();
    else this.send(202, undefined);
  }

  /** Writes without waiting: who writes so can't be made to wait. */
  #push(bytes: Buffer | string): void {
    if (this.isEnded) return;
    if (this.#response.writableLength > MAX_UNREAD_BYTES) this.#response.destroy();
    else this.#write(bytes);
  }

  end(): void {
    clearInterval(this.#keepAlive);
    if (!this.isEnded) this.#response.end();
  }
}
