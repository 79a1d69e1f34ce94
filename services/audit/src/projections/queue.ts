import { type AuditEntry, sizeOf } from '../domain/entry.ts';

/** Characters that may wait to be written before the log is read no further. */
const LONGEST_QUEUE = 4 * 1024 * 1024;
/** Characters that go into the files in one write. */
const LARGEST_WRITE = 512 * 1024;

/** What waits to be written, in order and bounded. */
export type Queue = {
  /** Takes an entry; the promise, where there is one, resolves once there is room for the next. */
  push(entry: AuditEntry): Promise<void> | undefined;
  /** The first entries, as many as one write takes. They stay until they are dropped. */
  peek(): AuditEntry[];
  drop(count: number): void;
  /** Forgets all: they come again from the log. */
  clear(): void;
  size(): number;
  /** Resolves once there is something to write, when the time is up, or when it is interrupted. */
  waitForWork(ms: number): Promise<void>;
  interrupt(): void;
};

export function createQueue(): Queue {
  let entries: AuditEntry[] = [];
  let length = 0;
  let makeRoom: (() => void) | undefined;
  let wake: (() => void) | undefined;

  const admit = (): void => {
    if (length >= LONGEST_QUEUE) return;
    makeRoom?.();
    makeRoom = undefined;
  };
  return {
    size: () => entries.length,
    push(entry) {
      entries.push(entry);
      length += sizeOf(entry);
      wake?.();
      if (length < LONGEST_QUEUE) return undefined;
      return new Promise((resolve) => {
        makeRoom = resolve;
      });
    },
    peek() {
      const taken: AuditEntry[] = [];
      let size = 0;
      for (const entry of entries) {
        if (size >= LARGEST_WRITE) break;
        taken.push(entry);
        size += sizeOf(entry);
      }
      return taken;
    },
    drop(count) {
      for (const entry of entries.splice(0, count)) length -= sizeOf(entry);
      admit();
    },
    clear() {
      entries = [];
      length = 0;
      admit();
    },
    interrupt: () => wake?.(),
    async waitForWork(ms) {
      if (entries.length > 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      wake = resolve;
      await promise;
      clearTimeout(timer);
      wake = undefined;
    },
  };
}
