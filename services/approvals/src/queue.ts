/** Runs tasks one after the other, whatever becomes of the one before. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = last.then(task, task);
    last = done.catch(() => undefined);
    return done;
  };
}

/** A queue for each key, as long as something waits in it. */
export type Queues = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createQueues(): Queues {
  const queues = new Map<string, { queue: Queue; length: number }>();
  return async (key, task) => {
    const one = queues.get(key) ?? { queue: createQueue(), length: 0 };
    queues.set(key, one);
    one.length++;
    try {
      return await one.queue(task);
    } finally {
      if (--one.length === 0) queues.delete(key);
    }
  };
}
