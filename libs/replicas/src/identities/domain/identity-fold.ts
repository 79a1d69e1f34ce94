import { IDENTITY_EVENTS } from '@aegis/contracts/events';
import { AGENT, type Identity, type IdentityKey } from '@aegis/contracts/identities';
import { readEvent } from '@aegis/contracts/read-event';
import { identityLog } from '@aegis/contracts/subjects';

type Message = Parameters<typeof readEvent>[0];

/** Whose key this is, and whether it is good; `damaged`: the log holds something of them that can't be read. */
export type KeyFound = {
  readonly identity: Identity;
  readonly state: 'good' | 'expired' | 'revoked' | 'damaged';
};

/** Who there is, by what the log says. */
export type IdentityFold = ReturnType<typeof createIdentityFold>;

/** Of one key of somebody, at a moment. */
function stateOf({ removed_at }: Identity, { revoked_at, expires_at }: IdentityKey, now: Date) {
  if (removed_at !== undefined || revoked_at !== undefined) return 'revoked';
  return expires_at !== undefined && Date.parse(expires_at) <= now.getTime() ? 'expired' : 'good';
}

/** Folds the events of identities, each of which has the whole state after it. */
export function createIdentityFold() {
  const identities = new Map<string, Identity>();
  const damaged = new Set<string>();
  const owners = new Map<string, string>();
  let wasAgent = false;

  const take = (identity: Identity): void => {
    for (const { digest } of identities.get(identity.identity_id)?.keys ?? []) owners.delete(digest);
    for (const { digest } of identity.keys) owners.set(digest, identity.identity_id);
    identities.set(identity.identity_id, identity);
    damaged.delete(identity.identity_id);
    wasAgent ||= identity.roles.includes(AGENT);
  };

  return {
    /** Takes one message of the log. One that can't be read takes away the right of whom it is about, until it is mended. */
    apply(message: NonNullable<Message>): 'unreadable' | undefined {
      const event = readEvent(message, ...IDENTITY_EVENTS);
      if (event) {
        take(event.data.identity);
        return undefined;
      }
      const id = identityLog.parameterIn(message.subject);
      if (id !== undefined) damaged.add(id);
      // Whoever it was, somebody was given a name: nobody is let in without one from there on.
      wasAgent = true;
      return 'unreadable';
    },
    /**
     * Whose key has this digest. Looked up, not compared in constant time: what is compared is a digest of what was sent,
     * and whoever learns how far it agrees with a kept one knows nothing of a key that has it.
     */
    find(digest: string, now: Date): KeyFound | undefined {
      const identity = identities.get(owners.get(digest) ?? '');
      const key = identity?.keys.find((one) => one.digest === digest);
      if (identity === undefined || key === undefined) return undefined;
      const state = damaged.has(identity.identity_id) ? 'damaged' : stateOf(identity, key, now);
      return { identity, state };
    },
    /** The digests that are good at a moment, each with its owner's name. */
    goodKeys: (now: Date): Map<string, string> =>
      new Map(
        [...identities.values()].flatMap((identity) =>
          identity.keys.flatMap((key) =>
            !damaged.has(identity.identity_id) && stateOf(identity, key, now) === 'good'
              ? [[key.digest, identity.name] as const]
              : [],
          ),
        ),
      ),
    /** What the log has of an id, and whether that is all that it has. */
    of: (id: string): { readonly identity: Identity | undefined; readonly isDamaged: boolean } => ({
      identity: identities.get(id),
      isDamaged: damaged.has(id),
    }),
    /** Everybody who is not removed, by name. */
    all: (): Identity[] =>
      [...identities.values()]
        .filter(({ removed_at }) => removed_at === undefined)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    /** Whether there ever was an agent with a key: nobody is anonymous any more. */
    get wasAgent(): boolean {
      return wasAgent;
    },
  };
}
