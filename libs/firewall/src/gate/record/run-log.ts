import { type Append, type Bus, type Fact, isConflict } from '@aegis/bus';
import { readEvent } from '@aegis/contracts/read-event';
import { runLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createMutex } from '@aegis/kit/mutex';

const FENCED = 'aegis.call.fenced.v1';

/**
 * The subject that one run of the firewall writes to, of which it is the only writer until the enforcer, who takes it for
 * gone, fences it. Each write is by compare-and-set on the one before, so nothing of this run is stored behind the fence.
 * From then on each fact goes where it says itself, as it is; until then its own place and guard count for nothing.
 */
export function createRunLog(
  { append, read }: Pick<Bus, 'append' | 'read'>,
  instance: string,
): Pick<Append, 'one' | 'all'> {
  const inTurn = createMutex();
  const subject = runLog(instance);
  let last: { seq: number; id?: string | undefined } = { seq: 0 };
  let isFenced = false;
  /** The ids of each write that may be stored: of those that expect the same last word, one at most is. */
  let unsure: string[][] = [];
  const stored = new Set<string>();

  const storeAll = (facts: readonly Fact[], deadlineMs: number): ReturnType<Append['one']> => {
    const [fact] = facts;
    return fact && facts.length === 1
      ? append.one(fact, deadlineMs)
      : append.all(facts, deadlineMs, isFenced);
  };

  /** What became of the writes that were not confirmed. */
  const settle = async (deadlineMs: number): Promise<void> => {
    const found = await read.last(subject, deadlineMs);
    const fence = readEvent(found, FENCED);
    const id = fence ? fence.data.after : found?.event?.id;
    const landed = unsure.find((ids) => ids.at(-1) === id);
    for (const one of landed ?? []) stored.add(one);
    // Somebody else who writes here is no reason to stop; from here on a call's own subject says which end was first.
    isFenced = fence !== undefined || (id !== last.id && landed === undefined);
    last = { seq: found?.seq ?? 0, id };
    unsure = [];
  };

  const store = async (facts: readonly Fact[], deadlineMs: number): ReturnType<Append['one']> => {
    if (unsure.length > 0) await settle(deadlineMs);
    const left = facts.filter(({ event }) => !stored.delete(event.id));
    const ids = left.map(({ event }) => event.id);
    if (left.length === 0) return last;
    if (isFenced) return storeAll(left, deadlineMs);
    unsure.push(ids);
    const own = left.map(({ event }, n) => ({ subject, event, ...(n === 0 ? { expect: last.seq } : {}) }));
    last = { ...(await storeAll(own, deadlineMs)), id: ids.at(-1) };
    unsure = [];
    return last;
  };

  const write = (facts: readonly Fact[], deadlineMs: number): ReturnType<Append['one']> =>
    inTurn(() => store(facts, deadlineMs)).catch((thrown: unknown) => {
      // That this run was fenced says nothing of a fact: it is written again, elsewhere.
      if (isFenced || !isConflict(thrown)) throw thrown;
      throw new AppError('storage_unavailable', 'Another part took this run of the firewall for gone.', {
        cause: thrown,
      });
    });

  return {
    one: (fact, deadlineMs) => write([fact], deadlineMs),
    all: write,
  };
}
