import { setTimeout as sleep } from 'node:timers/promises';

type Id = string | number;

const isId = (id: unknown): id is Id => typeof id === 'string' || typeof id === 'number';

/** A stream without an end of its own, so nobody waits for it. */
const LISTEN = 'subscriptions/listen';
const CANCELLED = 'notifications/cancelled';

/** Of a message that no line brought, or whose line is done: its answer is for nobody. */
export const NO_LINE = -1;

type Open = { line: number; readonly bytes: number; readonly isStream: boolean };
type Fields = { id?: unknown; method?: unknown; params?: { requestId?: unknown } };

/**
 * The requests of one connection that have no answer yet, each with the line that asked, so that the end of its input does
 * not cut them off. One that was cancelled is open until its work is done: an answer to it is for nobody.
 */
export class OpenRequests {
  readonly #open = new Map<Id, Open>();
  #bytes = 0;
  #settled: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  /** Bytes of their messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether this asks under an id that waits for its answer already: then nobody could tell their answers apart. */
  isTaken(message: unknown): boolean {
    const { id, method } = message as Fields;
    return method !== undefined && isId(id) && this.#open.has(id);
  }

  /** Whether this cancels a request whose work goes on all the same. */
  isInVain(message: unknown): boolean {
    const { method, params } = message as Fields;
    return method === CANCELLED && this.#open.get(params?.requestId as Id)?.isStream === false;
  }

  /**
   * Notes what came in with a line of so many bytes. Gives the lines that nothing is to come for: a request's own waits for
   * its answer.
   */
  received(message: unknown, line: number, bytes = 0): number[] {
    const { id, method, params } = message as Fields;
    if (method === CANCELLED) return [...this.#cancel(params?.requestId), line];
    if (typeof method !== 'string' || !isId(id)) return [line];
    this.#open.set(id, { line, bytes, isStream: method === LISTEN });
    this.#bytes += bytes;
    return [];
  }

  /** Notes what went out: a response closes its request. Gives the line that it answers, 0 for none, or {@link NO_LINE}. */
  sent(message: unknown): number {
    const { id, method } = message as Fields;
    return method === undefined ? (this.#close(id)?.line ?? 0) : 0;
  }

  /** Resolves when every request is answered, or after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    if (this.#isSettled()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled = resolve;
    await Promise.race([promise, sleep(withinMs, undefined, { ref: false })]);
  }

  #isSettled(): boolean {
    return [...this.#open.values()].every(({ line, isStream }) => isStream || line === NO_LINE);
  }

  #cancel(id: unknown): number[] {
    const open = this.#open.get(id as Id);
    if (open === undefined) return [];
    const { line } = open;
    if (open.isStream) this.#close(id);
    open.line = NO_LINE;
    this.#settle();
    return line === NO_LINE ? [] : [line];
  }

  #close(id: unknown): Open | undefined {
    const open = this.#open.get(id as Id);
    if (open === undefined) return undefined;
    this.#open.delete(id as Id);
    this.#bytes -= open.bytes;
    this.#settle();
    return open;
  }

  #settle(): void {
    if (this.#settled !== undefined && this.#isSettled()) this.#settled();
  }
}
