import { type Bus, mendIt, retryOnConflict } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { EventData } from '@aegis/contracts/events';
import { type Identity, identityIdFor } from '@aegis/contracts/identities';
import { IDENTITIES_LOG, identityLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createMutex } from '@aegis/kit/mutex';
import { newTraceId } from '@aegis/kit/trace';
import type { IdentityReplica, StoredIdentities } from '@aegis/replicas/identities';

/** Other replicas may change who there is at the same time; each goes on from what the one before left. */
const ATTEMPTS = 10;

type IdentityType =
  `aegis.identity.${'created' | 'key_added' | 'key_revoked' | 'roles_changed' | 'recovered' | 'removed' | 'imported'}.v1`;
/** One fact of who there is, and where it stands. */
export type IdentityFact = {
  [T in IdentityType]: {
    readonly subject: string;
    readonly name: string;
    readonly type: T;
    readonly data: EventData<T>;
  };
}[IdentityType];

export type IdentityLog = ReturnType<typeof createIdentityLog>;

/** Whom a name means, and everybody else. @throws AppError `identities_unavailable` where that can't be read */
export function personIn(
  { of, all }: StoredIdentities,
  name: string,
): { state: Identity | undefined; others: Identity[] } {
  const id = identityIdFor(name);
  const { identity: state, isDamaged } = of(id);
  if (isDamaged) {
    const detail = `What the log has of ${name} can't be read: ${mendIt(identityLog(id))}.`;
    throw new AppError('identities_unavailable', detail);
  }
  return { state, others: all().filter(({ identity_id }) => identity_id !== id) };
}

type Deps = { readonly bus: Bus; readonly replica: IdentityReplica; readonly now: () => Date };

/**
 * The one way to change who there is: decided on all that the log has of everybody, compare-and-set on all of it, so that
 * what must hold of several (one name, one key, an admin) is not lost between two who change at the same time.
 */
export function createIdentityLog({ bus, replica, now }: Deps) {
  const oneByOne = createMutex();
  const writeOnce = async <T extends IdentityFact | undefined>(
    decide: (stored: StoredIdentities) => T,
    deadlineMs: number,
  ): Promise<T> => {
    const stored = await replica.asStored(deadlineMs);
    const fact = decide(stored);
    if (fact === undefined) return fact;
    const { subject, name, type, data } = fact;
    const made = { source: 'policy', time: now().toISOString(), traceId: newTraceId(), subject: name };
    const event = createEvent({ ...made, type, data });
    await bus.append.one({ subject, event, expect: stored.seq, expectOf: IDENTITIES_LOG }, deadlineMs);
    return fact;
  };
  return {
    /** Stores what is decided, where something is. @throws what `decide` throws, and as an append does */
    write: <T extends IdentityFact | undefined>(
      decide: (stored: StoredIdentities) => T,
      deadlineMs: number,
    ): Promise<T> => oneByOne(() => retryOnConflict(() => writeOnce(decide, deadlineMs), ATTEMPTS)),
  };
}
