import { AppError } from '@aegis/kit/errors';

/** Requests that wait at once, in this process. */
const MOST_WAITERS = 1_000;
/** Of these, one caller's. */
const SHARE = 0.25;
/** When it is worth another try, in seconds: as long as a place is taken for, mostly. */
const RETRY_AFTER_S = 5;

/** One request that waits to be woken. */
export type Waiter = {
  /** Something happened: it looks again, at once where it was about to wait. */
  readonly wake: () => void;
  /** From here on a wake counts: to be called before it looks. */
  readonly arm: () => void;
  /** Resolves when it is woken, or was since it was armed, and after so many milliseconds. */
  woken(withinMs: number): Promise<void>;
};

function createWaiter(): Waiter {
  let isWoken = false;
  let go: (() => void) | undefined;
  return {
    wake() {
      isWoken = true;
      go?.();
    },
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

const tooMany = (detail: string, code: 'too_many_requests' | 'gateway_unavailable'): AppError =>
  new AppError(code, `${detail}: ask again later, or without wait.`, { retryAfterS: RETRY_AFTER_S });

/** The requests that wait, each with whose it is: so many at most, and of one caller a quarter of them. */
export function createWaiters(most: number = MOST_WAITERS) {
  const waiters = new Map<Waiter, string>();
  const ofOne = Math.max(1, Math.floor(most * SHARE));
  const countOf = (name: string): number => [...waiters.values()].filter((one) => one === name).length;
  return {
    /** @throws AppError `too_many_requests` where this caller has its share, `gateway_unavailable` where all are taken */
    enter(name: string): Waiter {
      if (countOf(name) >= ofOne)
        throw tooMany(`${ofOne} requests of this caller wait already`, 'too_many_requests');
      if (waiters.size >= most) throw tooMany(`${most} requests wait already`, 'gateway_unavailable');
      const waiter = createWaiter();
      waiters.set(waiter, name);
      return waiter;
    },
    leave: (waiter: Waiter): void => void waiters.delete(waiter),
    wakeAll: (): void => {
      for (const waiter of waiters.keys()) waiter.wake();
    },
  };
}
