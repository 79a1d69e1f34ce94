import type { Id } from './message.ts';

/** Requests that may wait for their answer at the same time. */
export const MAX_IN_FLIGHT = 1024;

/** The requests of one side that wait for their answer. */
export type InFlight = ReturnType<typeof createInFlight>;

/**
 * Keeps ids apart by type and value, as JSON-RPC does; but since some readers match `1` and `"1"`, the two can't wait
 * at the same time.
 */
export function createInFlight(max: number = MAX_IN_FLIGHT) {
  const open = new Map<string, Id>();
  const has = (id: Id): boolean => open.get(String(id)) === id;
  return {
    /** False where the id is taken, or too many requests wait. */
    open(id: Id): boolean {
      if (open.size >= max || open.has(String(id))) return false;
      open.set(String(id), id);
      return true;
    },
    /** Opens it all the same: where too many requests wait, the one that waits longest gets no answer any more. */
    openNewest(id: Id): void {
      const key = String(id);
      // The newest of two that look alike is the one that is answered last, so it is the one that is kept.
      open.delete(key);
      const [oldest] = open.keys();
      if (open.size >= max && oldest !== undefined) open.delete(oldest);
      open.set(key, id);
    },
    /** False where no request waits under exactly this id: the answer is unknown or repeated. */
    close: (id: Id): boolean => has(id) && open.delete(String(id)),
    has,
    get size(): number {
      return open.size;
    },
  };
}
