import { type AuditEntry, sizeOf } from '../domain/entry.ts';

/** Characters that may wait to be written before the log is read no further. */
const LONGEST_QUEUE = 4 * 1024 * 1024;
/** Characters that go into the files in one write. */
const LARGEST_WRITE = 512 * 1024;

/** What waits to be written, in order and bounded. */
export function createQueue() {
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
    size: (): number => entries.length,
    /** Takes an entry; the promise, where there is one, resolves once there is room for the next. */
    push(entry: AuditEntry): Promise<void> | undefined {
      entries.push(entry);
      length += sizeOf(entry);
      wake?.();
      if (length < LONGEST_QUEUE) return undefined;
      return new Promise((resolve) => {
        makeRoom = resolve;
      });
    },
    /** The first entries, as many as one write takes. They stay until they are dropped. */
    peek(): AuditEntry[] {
      const taken: AuditEntry[] = [];
      let size = 0;
      for (const entry of entries) {
        if (size >= LARGEST_WRITE) break;
        taken.push(entry);
        size += sizeOf(entry);
      }
      return taken;
    },
    drop(count: number): void {
      for (const entry of entries.splice(0, count)) length -= sizeOf(entry);
      admit();
    },
    /** Forgets all: they come again from the log. */
    clear(): void {
      entries = [];
      length = 0;
      admit();
    },
    interrupt: (): void => wake?.(),
    /** Resolves once there is something to write, when the time is up, or when it is interrupted. */
    async waitForWork(ms: number): Promise<void> {
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
