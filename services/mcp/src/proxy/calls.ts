import type { Disposition, UpstreamEnd } from '@aegis/firewall/gate';
import { createInFlight, type Id, type InFlight, type Request, type Response } from '@aegis/firewall/wire';
import { AnsweredResponses } from './answered-responses.ts';

export type Forward = Extract<Disposition, { type: 'forward' }>;

/** A client's request, from its arrival to its response. */
export class Call {
  readonly request: Request;
  /** Whether its stream can be taken up again after it broke: it has event ids. */
  isResumable = false;
  #forward: Forward | undefined;
  #isOver = false;
  readonly #cancelled = new AbortController();

  constructor(request: Request) {
    this.request = request;
  }

  /** Aborted when nobody wants the answer any more. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  cancel(): void {
    this.#cancelled.abort();
  }

  get isForwarded(): boolean {
    return this.#forward !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  forwarded(disposition: Forward): void {
    this.#forward = disposition;
  }

  /** Tells the gate how it ended, once. The text that the client gets; undefined where the server's own passes. */
  end(end: UpstreamEnd): string | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = true;
    return this.#forward?.ended?.(end);
  }
}

/** What becomes of a response: it goes to the client as it is, with another text, or not at all. */
export type ResponseAction =
  | { readonly type: 'same' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'drop'; readonly because: string };

const UNKNOWN: ResponseAction = {
  type: 'drop',
  because: 'the response is to no request, or to one that has its answer',
};

/**
 * The requests of one client to one server that wait for their response. In a session ids are the client's, so a response
 * is known wherever it arrives; without one, several clients use the same ids, and a response belongs to its own stream.
 */
export class Calls {
  readonly #hasSession: boolean;
  readonly #ids: InFlight = createInFlight();
  readonly #open = new Set<Call>();
  /** Those that may be answered on another stream than their own. */
  readonly #byId = new Map<Id, Call>();
  readonly #answered = new AnsweredResponses();

  constructor(hasSession: boolean) {
    this.#hasSession = hasSession;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Undefined where a request with this id waits already, or too many do. */
  open(request: Request): Call | undefined {
    if (this.#hasSession && !this.#ids.open(request.id)) return undefined;
    const call = new Call(request);
    this.#open.add(call);
    if (this.#hasSession) this.#byId.set(request.id, call);
    return call;
  }

  close(call: Call): void {
    if (!this.#open.delete(call)) return;
    if (this.#hasSession) this.#ids.close(call.request.id);
    if (this.#byId.get(call.request.id) === call) this.#byId.delete(call.request.id);
  }

  /** Keeps a call whose stream broke off: its response may come where the client takes the stream up again. */
  park(call: Call, withinMs: number): void {
    const { id } = call.request;
    const other = this.#byId.get(id);
    if (other !== undefined && other !== call) this.lose(other, 'another request came under its id');
    this.#byId.set(id, call);
    setTimeout(() => this.lose(call, 'the client did not take its stream up again'), withinMs).unref();
  }

  lose(call: Call, because: string): void {
    call.end({ type: 'lost', because });
    this.close(call);
  }

  loseAll(because: string): void {
    for (const call of this.#open) {
      call.cancel();
      this.lose(call, because);
    }
  }

  /** Ends what has not reached the server. True where there was such a request, so that the server need not know. */
  cancelled(requestId: unknown): boolean {
    let found = false;
    for (const call of this.#open) {
      if (call.request.id !== requestId || call.isForwarded) continue;
      call.cancel();
      found = true;
    }
    return found;
  }

  /** What becomes of a response that arrived on the stream of `own`, or on one that is nobody's. */
  answered(response: Response, own: Call | undefined, isResumed: boolean): ResponseAction {
    const call = own?.request.id === response.id ? own : this.#byId.get(response.id);
    if (call === undefined || !call.isForwarded || call.isOver) {
      return (isResumed && this.#answered.find(response)) || UNKNOWN;
    }
    const text = call.end({ type: 'response', response });
    if (call.isResumable || isResumed) this.#answered.keep(response, text);
    this.close(call);
    return text === undefined || text === response.text ? { type: 'same' } : { type: 'text', text };
  }
}
