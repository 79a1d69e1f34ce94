/** Runs tasks one after the other in this process, whatever becomes of the one before. */
export type Mutex = <T>(task: () => Promise<T>) => Promise<T>;

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = last.then(task, task);
    last = done.catch(() => undefined);
    return done;
  };
}

/** One for each key, as long as something waits for it. */
export type KeyedMutex = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createKeyedMutex(): KeyedMutex {
  const mutexes = new Map<string, { run: Mutex; waiting: number }>();
  return async (key, task) => {
    const one = mutexes.get(key) ?? { run: createMutex(), waiting: 0 };
    mutexes.set(key, one);
    one.waiting++;
    try {
      return await one.run(task);
    } finally {
      if (--one.waiting === 0) mutexes.delete(key);
    }
  };
}
