import type { Disposition, UpstreamEnd } from '@aegis/firewall/gate';
import {
  answerTo,
  createInFlight,
  type Id,
  type InFlight,
  isFor,
  otherWay,
  type Request,
  type Response,
} from '@aegis/firewall/wire';
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

  /**
   * Keeps a call whose stream broke off, or that gets its response on another one: where none comes in time, `late` is
   * called.
   */
  park(call: Call, withinMs: number, late: () => void): void {
    const { id } = call.request;
    const other = this.#byId.get(id);
    if (other !== undefined && other !== call) this.lose(other, 'another request came under its id');
    this.#byId.set(id, call);
    setTimeout(() => !call.isOver && late(), withinMs).unref();
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
  answered(came: Response, own: Call | undefined, isResumed: boolean): ResponseAction {
    const call = this.awaiting(came.id, own);
    if (call === undefined) return (isResumed && this.#answered.find(came)) || UNKNOWN;
    const response = answerTo(came, call.request);
    const text = call.end({ type: 'response', response }) ?? response.text;
    const isSame = text === came.text;
    if (call.isResumable || isResumed) this.#answered.keep(came, isSame ? undefined : text);
    this.close(call);
    return isSame ? { type: 'same' } : { type: 'text', text };
  }

  /** The call that an answer under this id is to, on the stream of `own`, or on one that is nobody's. */
  awaiting(id: Id, own: Call | undefined): Call | undefined {
    const call =
      own !== undefined && isFor(id, own.request.id)
        ? own
        : (this.#byId.get(id) ?? this.#byId.get(otherWay(id) ?? id));
    return call?.isForwarded === true && !call.isOver ? call : undefined;
  }
}
