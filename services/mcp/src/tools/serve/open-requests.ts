import { setTimeout as sleep } from 'node:timers/promises';

type Id = string | number;

const isId = (id: unknown): id is Id => typeof id === 'string' || typeof id === 'number';

/** A stream without an end of its own, so nobody waits for it. */
const LISTEN = 'subscriptions/listen';

/**
 * The requests of one connection that have no answer yet, each with the line that asked, so that the end of its input does
 * not cut them off.
 */
export class OpenRequests {
  /** Who uses an id again before it is answered gets an answer for each. */
  readonly #lines = new Map<Id, number[]>();
  readonly #streams = new Set<Id>();
  #settled: (() => void) | undefined;

  get size(): number {
    return this.#lines.size;
  }

  /** Notes what came in with a line. Gives the lines that nothing is to come for: a request's own waits for its answer. */
  received(message: unknown, line: number): number[] {
    const { id, method, params } = message as {
      id?: unknown;
      method?: unknown;
      params?: { requestId?: unknown };
    };
    if (method === 'notifications/cancelled') return [...this.#close(params?.requestId, 'all'), line];
    if (typeof method !== 'string' || !isId(id)) return [line];
    if (method === LISTEN) this.#streams.add(id);
    const lines = this.#lines.get(id);
    if (lines === undefined) this.#lines.set(id, [line]);
    else lines.push(line);
    return [];
  }

  /** Notes what went out: a response closes its request. Gives the line that it answers, 0 for none. */
  sent(message: unknown): number {
    const { id, method } = message as { id?: unknown; method?: unknown };
    return method === undefined ? (this.#close(id, 'first')[0] ?? 0) : 0;
  }

  /** Resolves when every request is answered, or after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    if (this.#isSettled()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled = resolve;
    await Promise.race([promise, sleep(withinMs, undefined, { ref: false })]);
  }

  #isSettled(): boolean {
    return [...this.#lines.keys()].every((id) => this.#streams.has(id));
  }

  #close(id: unknown, which: 'first' | 'all'): number[] {
    const lines = isId(id) ? this.#lines.get(id) : undefined;
    if (!isId(id) || lines === undefined) return [];
    const closed = lines.splice(0, which === 'first' ? 1 : lines.length);
    if (lines.length === 0) {
      this.#lines.delete(id);
      this.#streams.delete(id);
    }
    if (this.#settled !== undefined && this.#isSettled()) this.#settled();
    return closed;
  }
}
