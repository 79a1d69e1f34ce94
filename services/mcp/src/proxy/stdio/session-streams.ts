import type { ClientStream } from '../http/client-stream.ts';

/** What is kept for a client that takes a stream up again. */
const MAX_EVENTS = 1_000;
const MAX_BYTES = 4 * 1_048_576;

const STANDING = 'session';

type Stored = { readonly number: number; readonly stream: string; readonly text: string };
type Stream = { out: ClientStream | undefined; isOver: boolean; sentUpTo: number };

/**
 * The streams of events of one session: one for each request that needs one, and the one that the client opens with GET.
 * What was sent is kept for a while, so that a client that lost its connection can go on after the last event it saw.
 */
export class SessionStreams {
  readonly #streams = new Map<string, Stream>();
  #stored: Stored[] = [];
  #bytes = 0;
  #number = 0;

  get isListening(): boolean {
    return this.#streams.get(STANDING)?.out?.isEnded === false;
  }

  /** Begins the stream of a request. */
  open(stream: string, out: ClientStream): void {
    this.#streams.set(stream, { out, isOver: false, sentUpTo: this.#number });
  }

  /** Sends on a stream; where nobody listens it is kept for who comes. */
  send(stream: string, text: string): void {
    const state = this.#of(stream);
    const stored = { number: ++this.#number, stream, text };
    this.#store(stored);
    this.#write(state, stored);
  }

  /** On the stream that the client holds open with GET. */
  sendToSession(text: string): void {
    this.send(STANDING, text);
  }

  /** Nothing more comes on this stream. */
  finish(stream: string): void {
    const state = this.#of(stream);
    state.isOver = true;
    state.out?.end();
  }

  /** A client listens: to the session, or to the stream of the last event that it saw. */
  attach(out: ClientStream, lastEventId: string | undefined): void {
    const [, number, stream] = /^(\d+):(.+)$/.exec(lastEventId ?? '') ?? [];
    const isKnown = stream !== undefined && this.#streams.has(stream);
    const key = isKnown ? stream : STANDING;
    const state = this.#of(key);
    state.out?.end();
    state.out = out;
    out.startEvents();
    out.keepOpen();
    const after = isKnown ? Number(number) : state.sentUpTo;
    for (const stored of this.#stored) {
      if (stored.stream === key && stored.number > after) this.#write(state, stored);
    }
    if (state.isOver) out.end();
  }

  endAll(): void {
    for (const { out } of this.#streams.values()) out?.end();
  }

  #of(stream: string): Stream {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const made: Stream = { out: undefined, isOver: false, sentUpTo: 0 };
    this.#streams.set(stream, made);
    return made;
  }

  #write(state: Stream, { number, stream, text }: Stored): void {
    if (state.out?.notify(text, `${number}:${stream}`)) state.sentUpTo = number;
  }

  #store(stored: Stored): void {
    this.#stored.push(stored);
    this.#bytes += stored.text.length;
    while (this.#stored.length > MAX_EVENTS || (this.#bytes > MAX_BYTES && this.#stored.length > 1)) {
      const { stream, text } = this.#stored.shift() as Stored;
      this.#bytes -= text.length;
      this.#forget(stream);
    }
  }

  /** A request's stream of which nothing is left can't be taken up again. */
  #forget(stream: string): void {
    const isOver = this.#streams.get(stream)?.isOver === true;
    if (isOver && !this.#stored.some((other) => other.stream === stream)) this.#streams.delete(stream);
  }
}
