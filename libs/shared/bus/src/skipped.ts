import type { Logger } from '@aegis/kit/logger';

/** Subjects that are remembered at most. */
const MOST = 100;

/** What a reader of the log passed over, because it is no event of its subject. */
export type Skipped = ReturnType<typeof createSkipped>;

type Place = { readonly subject: string; readonly seq: number };

/**
 * Counts what is passed over, says each in the process's log, and knows on which subjects nothing readable has come since.
 */
export function createSkipped(log: Pick<Logger, 'warn'>) {
  const open = new Map<string, number>();
  let count = 0;
  return {
    /** Health tells of it where it matters. */
    add({ subject, seq }: Place, matters = true): void {
      count++;
      log.warn({ subject, seq, count }, 'a message of the log is no event of its subject and is passed over');
      if (!matters) return;
      open.delete(subject);
      open.set(subject, seq);
      const [oldest] = open.keys();
      if (open.size > MOST && oldest !== undefined) open.delete(oldest);
    },
    /** A readable event stands there now: what was passed over before it is no matter any more. */
    clear: (subject: string): void => void open.delete(subject),
    /** How many were passed over since the start. */
    get count(): number {
      return count;
    },
    /** A sentence for health, while the last message of some subject is one that was passed over. */
    get problem(): string | undefined {
      const [last] = [...open].toReversed();
      if (last === undefined) return undefined;
      const [subject, seq] = last;
      const others = open.size > 1 ? ` (and ${open.size - 1} more like it)` : '';
      return `the message at sequence ${seq} on ${subject} is no event of that subject and is passed over${others}: ${mendIt(subject)}`;
    },
  };
}

/** What the operator does about a subject whose last message can't be read. */
export const mendIt = (subject: string): string => `"aegis broker mend ${subject}" looks at it and mends it`;
