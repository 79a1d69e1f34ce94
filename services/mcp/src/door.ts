import type { IncomingMessage } from 'node:http';
import { createArrivals } from '@aegis/kit/arrivals';
import { partsOf, restFor } from '@aegis/kit/json';
import { createTurns, type EndTurn, type Turns } from '@aegis/kit/turns';

/** So many connections one honest client uses at once without a wait. */
const AT_ONCE = 64;
/** Of these, one caller's while others are about. */
const SHARED = 4;
/** Large messages and wide reads: few at a time, of one caller one. */
const LARGE_AT_ONCE = 4;
/** Large messages that come in, or wait for their turn. */
const LARGE_ARRIVING = 32;
/** Its place rests so long after what reads much, in milliseconds, while others are about. */
const WIDE_REST_MS = 50;
/** A call may take minutes; what it costs here, it costs at its begin. */
const HELD_MS = 250;

/** One request's turn. */
export type Turn = {
  /** Waits for the turn of a message that is all there, before it is read. @throws AppError `too_many_requests` */
  weigh(body: Buffer): Promise<void>;
  /** Waits for the turn of a call that reads much, whatever its size, once it is weighed. @throws AppError as `weigh` */
  widen(): Promise<void>;
  /** It may be called more than once. */
  end(): void;
};

/** Has callers over HTTP served in turn. `withinMs` is the longest wait. */
export function createDoor(withinMs: number) {
  const all = { waiting: 256, waitingInAll: 2048, withinMs };
  const messages = createTurns({ ...all, atOnce: AT_ONCE, shared: SHARED });
  const large = createTurns({ ...all, waiting: 32, waitingInAll: 256, atOnce: LARGE_AT_ONCE, shared: 1 });
  const arrivals = createArrivals(LARGE_ARRIVING);
  return {
    /**
     * A request without a message has its turn at once. Who begins to send one and does not go on takes nobody's turn.
     *
     * @throws AppError `too_many_requests`
     */
    async enter(caller: unknown, request: IncomingMessage): Promise<Turn> {
      const ends: EndTurn[] = [];
      let restMs = 0;
      const take = async (turns: Turns): Promise<void> => void ends.push(await turns.take(caller));
      const arrival = request.method === 'POST' ? arrivals.begin(request) : undefined;
      if (arrival === undefined) await take(messages);
      const end = (): void => {
        arrival?.over();
        for (const one of ends) one(restMs);
      };
      return {
        async weigh(body) {
          arrival?.isWhole();
          restMs = restFor(body.length, partsOf(body));
          await take(messages);
          arrival?.over();
          if (restMs > 0) await take(large);
          setTimeout(end, HELD_MS).unref();
        },
        async widen() {
          if (restMs > 0) return;
          restMs = WIDE_REST_MS;
          await take(large);
          setTimeout(end, HELD_MS).unref();
        },
        end,
      };
    },
  };
}
