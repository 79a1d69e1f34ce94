import { AppError } from '@aegis/kit/errors';
import type { Append, Fact, Stored } from './append.ts';

export type GroupCommitOptions = {
  /** Facts may wait so long for others, in milliseconds; 0: for those of the same turn of the loop. */
  readonly lingerMs: number;
  /** As many waiting facts go as one atomic batch; fewer go singly. A batch costs about 3 ms, a single write about 0.4. */
  readonly worthABatch: number;
  /** JetStream takes up to 1,000 a batch. */
  readonly largestBatch: number;
};

/** Where somebody waits for each fact: at once, and together only where many come at once. */
const AT_ONCE: GroupCommitOptions = { lingerMs: 0, worthABatch: 8, largestBatch: 256 };

type Waiting = { fact: Fact; deadlineMs: number; done: PromiseWithResolvers<Stored> };

/** Stores facts that wait together in one durable write. */
export type GroupCommit = ReturnType<typeof createGroupCommit>;

/**
 * Facts that wait together go as one atomic batch, one batch in flight. Where a batch fails, because one of its facts is
 * stored already for one, each is written by itself, with its own id: what the batch stored after all is a duplicate.
 */
export function createGroupCommit(
  append: Pick<Append, 'one' | 'all'>,
  options: GroupCommitOptions = AT_ONCE,
) {
  const { lingerMs, worthABatch, largestBatch } = options;
  let waiting: Waiting[] = [];
  let batchInFlight = false;
  let flushed = false;
  let cancel: (() => void) | undefined;

  const single = ({ fact, deadlineMs, done }: Waiting): void => {
    append.one(fact, deadlineMs).then(done.resolve, done.reject);
  };

  const batch = async (group: readonly Waiting[]): Promise<void> => {
    batchInFlight = true;
    const facts = group.map(({ fact }) => fact);
    try {
      const last = await append.all(facts, Math.min(...group.map(({ deadlineMs }) => deadlineMs)), true);
      const first = last.seq - group.length + 1;
      for (const [index, { done }] of group.entries()) done.resolve({ seq: first + index });
    } catch {
      for (const one of group) single(one);
    } finally {
      batchInFlight = false;
      schedule();
    }
  };

  const drain = (): void => {
    cancel = undefined;
    if (batchInFlight) return;
    const now = Date.now();
    const group: Waiting[] = [];
    for (const one of waiting.splice(0, largestBatch)) {
      if (one.deadlineMs > now) group.push(one);
      else one.done.reject(late());
    }
    if (group.length >= worthABatch) void batch(group);
    else for (const one of group) single(one);
    schedule();
  };

  const schedule = (): void => {
    if (waiting.length === 0 || batchInFlight) return;
    if (flushed || (lingerMs > 0 && waiting.length >= largestBatch)) {
      cancel?.();
      drain();
    } else cancel ??= lingerMs === 0 ? soon(drain) : later(drain, lingerMs);
  };

  return {
    /** Durable when this resolves. A guarded fact needs a subject of its own. @throws AppError as {@link Append.one} */
    store: (fact: Fact, deadlineMs: number): Promise<Stored> => {
      const done = Promise.withResolvers<Stored>();
      waiting.push({ fact, deadlineMs, done });
      schedule();
      return done.promise;
    },
    /** Lingers no more, now and from now on. */
    flush: (): void => {
      flushed = true;
      schedule();
    },
  };
}

const late = (): AppError =>
  new AppError('deadline_exceeded', 'The deadline passed before the event was stored.');

function soon(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
}
