import type { Append, Fact } from '@aegis/bus';

/** Facts that nobody waits for may wait this long for others, so that they share a durable write. */
const LINGER_MS = 100;
const MOST_AT_ONCE = 128;

type Waiting = { fact: Fact; deadlineMs: number; done: PromiseWithResolvers<unknown> };

/** Stores facts together; a guarded one's subject is its own. */
export type Gather = {
  /** Durable when this resolves; as {@link Append.one}, only later. */
  store(fact: Fact, deadlineMs: number): Promise<unknown>;
  /** Waits for no more, now and from now on. */
  flush(): void;
};

/**
 * One durable write for the facts of a moment: an fsync each would be in the way of the next call's own record. Where
 * the write of all fails, because one of them is stored already for one, each is written by itself.
 */
export function createGather(append: Append): Gather {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isFlushing = false;

  const single = ({ fact, deadlineMs, done }: Waiting): void => {
    append.one(fact, deadlineMs).then(done.resolve, done.reject);
  };
  const write = async (group: Waiting[]): Promise<void> => {
    const [first] = group;
    if (first === undefined) return;
    if (group.length === 1) return single(first);
    const deadlineMs = Math.min(...group.map((one) => one.deadlineMs));
    try {
      const stored = await append.all(
        group.map(({ fact }) => fact),
        deadlineMs,
        true,
      );
      for (const { done } of group) done.resolve(stored);
    } catch {
      for (const one of group) single(one);
    }
  };
  const drain = (): void => {
    clearTimeout(timer);
    timer = undefined;
    void write(waiting.splice(0, MOST_AT_ONCE));
    if (waiting.length > 0) schedule();
  };
  const schedule = (): void => {
    if (isFlushing || waiting.length >= MOST_AT_ONCE) drain();
    else timer ??= setTimeout(drain, LINGER_MS).unref();
  };

  return {
    store(fact, deadlineMs) {
      const done = Promise.withResolvers<unknown>();
      waiting.push({ fact, deadlineMs, done });
      schedule();
      return done.promise;
    },
    flush() {
      isFlushing = true;
      while (waiting.length > 0) drain();
    },
  };
}
