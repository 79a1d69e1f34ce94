import { AppError } from '@aegis/kit/errors';
import { concurrent } from '@aegis/kit/rate-limit';
import { createPlaces, type Holder } from '../places/places.ts';

/** Requests that wait at once, in this process: fifty of each of a thousand callers, and some. */
const MOST_WAITERS = 60_000;
/** When it is worth another try, in seconds: as long as a place is taken for, mostly. */
const RETRY_AFTER_S = 5;

/** One request that waits to be woken. */
export type Waiter = {
  /** It waits no longer: somebody else needs its place. */
  readonly isOver: () => boolean;
  readonly end: () => void;
  /** Something happened: it looks again, at once where it was about to wait. */
  readonly wake: () => void;
  /** From here on a wake counts: to be called before it looks. */
  readonly arm: () => void;
  /** Resolves when it is woken, or was since it was armed, and after so many milliseconds. */
  woken(withinMs: number): Promise<void>;
};

function createWaiter(): Waiter {
  let isWoken = false;
  let isOver = false;
  let go: (() => void) | undefined;
  const wake = (): void => {
    isWoken = true;
    go?.();
  };
  return {
    isOver: () => isOver,
    end() {
      isOver = true;
      wake();
    },
    wake,
    arm: () => void (isWoken = false),
    woken(withinMs) {
      if (isWoken) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        go = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

const tooMany = (
  detail: string,
  code: 'too_many_requests' | 'gateway_unavailable',
  quota: number,
): AppError =>
  new AppError(code, `${detail}: ask again later, or without wait.`, {
    retryAfterS: RETRY_AFTER_S,
    limit: concurrent('waiting-requests', quota),
  });

/**
 * The requests that wait, each with whose it is: so many at most. Where all are taken, the oldest
 * of whoever has the most is answered as it stands.
 */
export function createWaiters(most: number = MOST_WAITERS) {
  const waiters = createPlaces<Waiter>();
  const makeRoom = ({ group }: Holder): void => {
    const greediest = waiters.greediest();
    const oldest = greediest && waiters.oldestOf(greediest);
    if (oldest === undefined || greediest?.group === group)
      throw tooMany(`${most} requests wait already`, 'gateway_unavailable', most);
    waiters.delete(oldest);
    oldest.end();
  };
  return {
    get size(): number {
      return waiters.size;
    },
    /**
     * @throws AppError `too_many_requests` where this caller has as many as it may, `gateway_unavailable` where all are
     * taken and nobody has more
     */
    enter(holder: Holder, ofOne: number): Waiter {
      if (waiters.countOf(holder) >= ofOne)
        throw tooMany(`${ofOne} requests of this caller wait already`, 'too_many_requests', ofOne);
      if (waiters.size >= most) makeRoom(holder);
      const waiter = createWaiter();
      waiters.add(waiter, holder);
      return waiter;
    },
    leave: (waiter: Waiter): void => void waiters.delete(waiter),
    wakeAll: (): void => {
      for (const waiter of waiters.each()) waiter.wake();
    },
  };
}
