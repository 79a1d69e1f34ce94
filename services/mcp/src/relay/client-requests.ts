import type { UpstreamEnd } from '@aegis/firewall/gate';
import { createInFlight, type Id, isFor, MAX_IN_FLIGHT, otherWay, type Request } from '@aegis/firewall/wire';
import type { Budget } from './budget.ts';

/** Texts of calls that are being judged, or held for a person, may have this many characters together. */
const MAX_JUDGED_LENGTH = 64 * 1_048_576;
/** Requests that the client cancelled after they were sent: a server may answer them or not. */
const MAX_CANCELLED = 256;

/** A request of the client that has no answer yet. */
export type OpenRequest = {
  readonly id: Id;
  readonly rawId: string;
  readonly length: number;
  /** The number of the client's line that asks. */
  readonly number: number;
  /** The same; 0 once it has its answer, or needs none. */
  line: number;
  /** Aborted when nobody waits for the judgement any more. */
  readonly abort: AbortController;
  /** Whether the server was given it. */
  isSent: boolean;
  isCancelled: boolean;
  /** Whether it waits for a person. */
  isHeld: boolean;
  ended: ((end: UpstreamEnd) => string | undefined) | undefined;
};

/** The client's requests that have no answer yet, each known by exactly its id. Their number and size are bounded. */
export class ClientRequests {
  readonly #ids = createInFlight();
  readonly #open = new Map<Id, OpenRequest>();
  readonly #cancelled = new Set<OpenRequest>();
  #judgedLength = 0;
  #settled: (() => void)[] = [];
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#open.size;
  }

  /** A sentence where the request can't be taken. */
  open({ id, rawId, text }: Request, number: number): OpenRequest | string {
    const tooMuch = 'Too much waits for a decision already: send this again later.';
    if (this.#judgedLength + text.length > MAX_JUDGED_LENGTH) return tooMuch;
    if (!this.#budget.take(text.length)) return tooMuch;
    if (!this.#ids.open(id)) {
      this.#budget.give(text.length);
      return this.#ids.size >= MAX_IN_FLIGHT
        ? `${MAX_IN_FLIGHT} requests wait for their answers already: send this again later.`
        : 'A request with this id waits for its answer already.';
    }
    const abort = new AbortController();
    const request = {
      id,
      rawId,
      length: text.length,
      number,
      line: number,
      abort,
      isSent: false,
      isCancelled: false,
      isHeld: false,
      ended: undefined,
    };
    this.#open.set(id, request);
    this.#judgedLength += text.length;
    return request;
  }

  get(id: unknown): OpenRequest | undefined {
    return this.#open.get(id as Id);
  }

  /** One that the server was given, or was not, by its id as text or as a number: only one of the two can be open. */
  find(id: Id, isSent: boolean): OpenRequest | undefined {
    const found = this.get(id) ?? this.get(otherWay(id));
    return found?.isSent === isSent && isFor(id, found.id) ? found : undefined;
  }

  /** The server is given it: from now on only its end is of interest. */
  sent(request: OpenRequest, ended: OpenRequest['ended']): void {
    request.isSent = true;
    request.ended = ended;
    this.#forget(request);
    this.#settle();
  }

  /** Nothing more comes of it. */
  close(request: OpenRequest): void {
    if (this.#open.get(request.id) !== request) return;
    this.#open.delete(request.id);
    this.#ids.close(request.id);
    this.#cancelled.delete(request);
    if (!request.isSent) this.#forget(request);
    this.#settle();
  }

  /** Notes that nobody waits for the answer of a sent request, and gives the one that is forgotten for it, if any. */
  cancelled(request: OpenRequest): OpenRequest | undefined {
    request.isCancelled = true;
    this.#cancelled.add(request);
    if (this.#cancelled.size <= MAX_CANCELLED) return undefined;
    const [oldest] = this.#cancelled;
    if (oldest !== undefined) this.close(oldest);
    return oldest;
  }

  /** Those that the server was given, or those that it was not. */
  those(isSent: boolean): OpenRequest[] {
    return [...this.#open.values()].filter((request) => request.isSent === isSent);
  }

  /** Resolves once no request is being judged; with `all`, once none is open at all but cancelled ones. */
  async settled(all = false): Promise<void> {
    while (this.#count(all) > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  #forget({ length }: OpenRequest): void {
    this.#judgedLength -= length;
    this.#budget.give(length);
  }

  #count(all: boolean): number {
    return all ? this.#open.size - this.#cancelled.size : this.those(false).length;
  }

  #settle(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
