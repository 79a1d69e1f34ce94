import type { IncomingMessage } from 'node:http';
import { AppError } from './errors/app-error.ts';
import { concurrent } from './rate-limit.ts';

/** A body that is no longer comes with its head, mostly, and costs no more than its connection. */
const SMALL_BYTES = 16 * 1024;

/** The body is used or given up. It may be called more than once. */
export type EndArrival = () => void;

export type Arrival = {
  /** All of it came: now it waits for its turn, and is not cut off any more. */
  isWhole(): void;
  readonly over: EndArrival;
};

export type Arrivals = ReturnType<typeof createArrivals>;

type Coming = { readonly request: IncomingMessage; readonly bytesBefore: number; isWhole: boolean };

const SMALL: Arrival = { isWhole: () => undefined, over: () => undefined };

const isSmall = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= SMALL_BYTES;

/**
 * Bodies that come in, before anybody has a turn for them: who sends slowly, or nothing, takes nobody's place. Large ones
 * are bounded, since they are kept until their turn: where one more begins, the one of which least came is cut off.
 */
export function createArrivals(most: number) {
  const large = new Set<Coming>();

  const cutSlowest = (): void => {
    let slowest: Coming | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const one of large) {
      const came = one.request.socket.bytesRead - one.bytesBefore;
      if (one.isWhole || came >= least) continue;
      slowest = one;
      least = came;
    }
    if (slowest === undefined) {
      throw new AppError('too_many_requests', 'Too many large requests wait for their turn.', {
        retryAfterS: 1,
        limit: concurrent('large-bodies', most),
      });
    }
    large.delete(slowest);
    slowest.request.socket.destroy();
  };
  return {
    /** Called with a request before its body is read. @throws AppError `too_many_requests` where all of them wait */
    begin(request: IncomingMessage): Arrival {
      if (isSmall(request)) return SMALL;
      if (large.size >= most) cutSlowest();
      const one: Coming = { request, bytesBefore: request.socket.bytesRead, isWhole: false };
      large.add(one);
      return {
        isWhole: () => void (one.isWhole = true),
        over: () => void large.delete(one),
      };
    },
  };
}
