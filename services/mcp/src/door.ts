import { partsOf, restFor } from '@aegis/kit/json';
import { createTurns, type EndTurn } from '@aegis/kit/turns';

/** So many connections one honest client uses at once without a wait. */
const AT_ONCE = 64;
/** Of these, one caller's while others are about. */
const SHARED = 4;
/** Large messages: few at a time, of one caller one. */
const LARGE_AT_ONCE = 4;
/** A call may take minutes; what it costs here, it costs at its begin. */
const HELD_MS = 250;

/** One request's turn. */
export type Turn = {
  /** Waits for the turn of a large message, before it is read. @throws AppError `too_many_requests` */
  weigh(body: Buffer): Promise<void>;
  /** It may be called more than once. */
  end(): void;
};

/** Has callers over HTTP served in turn. `withinMs` is the longest wait. */
export function createDoor(withinMs: number) {
  const all = { waiting: 256, waitingInAll: 2048, withinMs };
  const messages = createTurns({ ...all, atOnce: AT_ONCE, shared: SHARED });
  const large = createTurns({ ...all, waiting: 32, waitingInAll: 256, atOnce: LARGE_AT_ONCE, shared: 1 });
  return {
    /** @throws AppError `too_many_requests` */
    async enter(caller: unknown): Promise<Turn> {
      const ends: EndTurn[] = [await messages.take(caller)];
      let restMs = 0;
      const end = (): void => {
        for (const one of ends) one(restMs);
      };
      return {
        async weigh(body) {
          restMs = restFor(body.length, partsOf(body));
          if (restMs > 0) ends.push(await large.take(caller));
          setTimeout(end, HELD_MS).unref();
        },
        end,
      };
    },
  };
}
