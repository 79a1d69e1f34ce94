import { setTimeout as sleep } from 'node:timers/promises';

type Id = string | number;

const isId = (id: unknown): id is Id => typeof id === 'string' || typeof id === 'number';

/** A stream without an end of its own, so nobody waits for it. */
const LISTEN = 'subscriptions/listen';

/** The requests of one connection that have no answer yet, so that the end of its input does not cut them off. */
export class OpenRequests {
  readonly #ids = new Set<Id>();
  #settled: (() => void) | undefined;

  /** Notes what came in: a request opens, a cancellation closes. */
  received(message: unknown): void {
    const { id, method, params } = message as {
      id?: unknown;
      method?: unknown;
      params?: { requestId?: unknown };
    };
    if (method === 'notifications/cancelled') this.#close(params?.requestId);
    else if (typeof method === 'string' && method !== LISTEN && isId(id)) this.#ids.add(id);
  }

  /** Notes what went out: a response closes its request. */
  sent(message: unknown): void {
    const { id, method } = message as { id?: unknown; method?: unknown };
    if (method === undefined) this.#close(id);
  }

  /** Resolves when every request is answered, or after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    if (this.#ids.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled = resolve;
    await Promise.race([promise, sleep(withinMs, undefined, { ref: false })]);
  }

  #close(id: unknown): void {
    if (isId(id)) this.#ids.delete(id);
    if (this.#ids.size === 0) this.#settled?.();
  }
}
