import { AppError } from '@aegis/kit/errors';
import type { Append, Fact, Stored } from './append.ts';

/** As many waiting facts are worth a batch: it costs about 3 ms, a single write about 0.4. */
const WORTH_A_BATCH = 8;
/** JetStream takes up to 1,000 a batch. */
const LARGEST_BATCH = 256;

type Waiting = {
  fact: Fact;
  deadlineMs: number;
  resolve: (stored: Stored) => void;
  reject: (reason: unknown) => void;
};

/** Stores unguarded facts; those that wait together share one durable write. Guarded facts never go this way. */
export type Commit = (fact: Omit<Fact, 'expect'>, deadlineMs: number) => Promise<Stored>;

/** Group commit: 8 or more waiting go as one atomic batch, one batch in flight; fewer go singly, at once. */
export function createCommit(append: Append): Commit {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let batchInFlight = false;

  const single = (one: Waiting): void => {
    append.one(one.fact, one.deadlineMs).then(one.resolve, one.reject);
  };

  const batch = async (group: Waiting[]): Promise<void> => {
    batchInFlight = true;
    const deadlineMs = Math.min(...group.map((one) => one.deadlineMs));
    try {
      const last = await append.all(
        group.map((one) => one.fact),
        deadlineMs,
        true,
      );
      const first = last.seq - group.length + 1;
      for (const [index, one] of group.entries()) one.resolve({ seq: first + index });
    } catch {
      // Each again with its own id: what the batch stored after all is a duplicate, not a second event.
      for (const one of group) single(one);
    } finally {
      batchInFlight = false;
      if (waiting.length > 0) schedule();
    }
  };

  const drain = (): void => {
    scheduled = false;
    if (batchInFlight) return;
    const now = Date.now();
    const group: Waiting[] = [];
    for (const one of waiting.splice(0, LARGEST_BATCH)) {
      if (one.deadlineMs > now) group.push(one);
      else one.reject(new AppError('deadline_exceeded', 'The deadline passed before the event was stored.'));
    }
    if (group.length >= WORTH_A_BATCH) void batch(group);
    else for (const one of group) single(one);
    if (waiting.length > 0) schedule();
  };

  const schedule = (): void => {
    if (scheduled || batchInFlight) return;
    scheduled = true;
    setImmediate(drain);
  };

  return (fact, deadlineMs) =>
    new Promise((resolve, reject) => {
      waiting.push({ fact, deadlineMs, resolve, reject });
      schedule();
    });
}
