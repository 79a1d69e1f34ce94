import { AppError } from './errors/app-error.ts';
import { createLateRefusals } from './late-refusals.ts';
import { everybody, type Presence } from './presence.ts';
import { concurrent } from './rate-limit.ts';

export { createPresence, everybody, type Presence } from './presence.ts';

export type TurnsOptions = {
  readonly presence?: Presence;
  /** Turns at the same time. */
  readonly atOnce: number;
  /** Of one caller, while others are about; all of them where nobody is. */
  readonly shared: number;
  /** Requests of one caller that may wait, and of all callers together. */
  readonly waiting: number;
  readonly waitingInAll: number;
  /** How long a request waits for its turn at most, in milliseconds. */
  readonly withinMs: number;
};

/** Ends a turn; its place rests so many milliseconds while others are about, so that they get the most of the time. */
export type EndTurn = (restMs?: number) => void;

export type Turns = ReturnType<typeof createTurns>;

type Waiting = {
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
};
type Caller = { running: number; readonly waiting: Waiting[] };

const busy = (waiting: number): AppError =>
  new AppError('too_many_requests', 'Too many requests wait for their turn: send this again later.', {
    retryAfterS: 1,
    limit: concurrent('turns', waiting),
  });

/**
 * Has callers served in turn: each may run as much as there is room for while it is alone, and a share of it while others
 * are about; those that wait are served one of each caller after the other, so nobody's flood is before another's next
 * request.
 */
export function createTurns(options: TurnsOptions) {
  const { presence = everybody, atOnce, shared, waiting, waitingInAll, withinMs } = options;
  /** Those that run or wait, in the order in which they have their next turn. */
  const callers = new Map<unknown, Caller>();
  let running = 0;
  let waits = 0;
  let isStarting = false;
  const refuseLate = createLateRefusals();

  const share = (): number => (presence.isShared ? shared : atOnce);
  const startNext = (): void => {
    const most = share();
    // The iterator reaches what is put behind meanwhile, so that this goes round and round.
    for (const [key, one] of callers) {
      if (running >= atOnce) return;
      const next = one.running < most ? one.waiting.shift() : undefined;
      if (next === undefined) continue;
      waits -= 1;
      clearTimeout(next.timer);
      callers.delete(key);
      callers.set(key, one);
      next.start();
    }
  };
  /** Not at once: turns that end as they begin would follow one another, and nothing else in this process came between. */
  const startSoon = (): void => {
    if (waits === 0 || isStarting) return;
    isStarting = true;
    setImmediate(() => {
      isStarting = false;
      startNext();
    });
  };
  const leave = (key: unknown, one: Caller): void => {
    if (one.running + one.waiting.length === 0) callers.delete(key);
  };
  const begin = (key: unknown, one: Caller): EndTurn => {
    one.running += 1;
    running += 1;
    let isOver = false;
    const free = (): void => {
      one.running -= 1;
      running -= 1;
      leave(key, one);
      startSoon();
    };
    return (restMs = 0) => {
      if (isOver) return;
      isOver = true;
      if (restMs > 0 && presence.isShared) setTimeout(free, restMs).unref();
      else free();
    };
  };
  const queue = (key: unknown, one: Caller): Promise<EndTurn> => {
    const { promise, resolve, reject } = Promise.withResolvers<EndTurn>();
    const timer = setTimeout(() => {
      one.waiting.splice(one.waiting.indexOf(entry), 1);
      waits -= 1;
      leave(key, one);
      reject(busy(waiting));
    }, withinMs);
    const entry: Waiting = { start: () => resolve(begin(key, one)), refuse: reject, timer };
    one.waiting.push(entry);
    waits += 1;
    return promise;
  };
  const refuse = (): Promise<EndTurn> => refuseLate(busy(waiting));
  /** Where all places are taken, the last that waits of whoever has the most gives its own to one who has fewer. */
  const makesRoom = (mine: number): boolean => {
    let greediest: Caller | undefined;
    for (const one of callers.values())
      if (one.waiting.length > (greediest?.waiting.length ?? mine + 1)) greediest = one;
    const last = greediest?.waiting.pop();
    if (last === undefined) return false;
    waits -= 1;
    clearTimeout(last.timer);
    new Promise((resolve) => resolve(refuse())).catch(last.refuse);
    return true;
  };
  return {
    /**
     * The caller's turn, by whatever names the caller: at once where there is room, else once it has come.
     *
     * @throws AppError `too_many_requests` where too much waits, mostly by the promise and after a while; also where it
     * waited too long
     */
    take(key: unknown): EndTurn | Promise<EndTurn> {
      presence.saw(key);
      const one = callers.get(key) ?? { running: 0, waiting: [] };
      // Who has less than its share has room whoever else is about.
      const hasRoom = one.running < shared || one.running < share();
      const isFree = !isStarting && running < atOnce && one.waiting.length === 0 && hasRoom;
      const mine = one.waiting.length;
      if (!isFree && (mine >= waiting || (waits >= waitingInAll && !makesRoom(mine)))) return refuse();
      callers.set(key, one);
      return isFree ? begin(key, one) : queue(key, one);
    },
  };
}
