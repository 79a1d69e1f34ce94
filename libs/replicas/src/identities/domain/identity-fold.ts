import { IDENTITY_EVENTS } from '@aegis/contracts/events';
import {
  AGENT,
  type IdentitiesImported,
  type Identity,
  type IdentityKey,
  type ImportedFile,
  identityIdFor,
  rolesOfKey,
  sideOfKey,
} from '@aegis/contracts/identities';
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

const asPerson = (identity: Identity): Identity => ({
  ...identity,
  roles: identity.roles.filter((role) => role !== AGENT),
});

/** Who comes with a key: of one who is a person and an agent too, only the one of them whose key it is. */
function asHeldBy({ rule_roles, ...identity }: Identity, key: IdentityKey): Identity {
  const roles = rolesOfKey(identity, key);
  if (sideOfKey(identity, key) === 'agent') return { ...identity, kind: 'agent', roles };
  return { ...identity, roles, ...(rule_roles && { rule_roles }) };
}

/** Each right that a key gives: a role that it opens, or a name that rules have for its person. */
function rightsOf(identity: Identity, key: IdentityKey): string[] {
  const { roles, rule_roles = [] } = asHeldBy(identity, key);
  return [...roles, ...rule_roles.map((role) => `rule ${role}`)].map((right) => `${key.digest} ${right}`);
}

/** Folds the events of identities, each of which has the whole state after it. */
export function createIdentityFold() {
  const identities = new Map<string, Identity>();
  const damaged = new Set<string>();
  const owners = new Map<string, string>();
  const imports = new Map<ImportedFile, IdentitiesImported>();
  let wasAgent = false;

  const isGood = (identity: Identity, key: IdentityKey, now: Date): boolean =>
    !damaged.has(identity.identity_id) && stateOf(identity, key, now) === 'good';

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
      const imported = readEvent(message, 'aegis.identity.imported.v1');
      if (imported) {
        imports.set(imported.data.file, imported.data);
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
      return { identity: asHeldBy(identity, key), state };
    },
    /** The digests that are good at a moment, each with a right that it gives, and whose it is. */
    rights: (now: Date): Map<string, string> =>
      new Map(
        [...identities.values()].flatMap((identity) =>
          identity.keys.flatMap((key) =>
            isGood(identity, key, now)
              ? rightsOf(identity, key).map((right) => [right, identity.name] as const)
              : [],
          ),
        ),
      ),
    /** What was taken over of a file of before, once that is done. */
    imported: (file: ImportedFile): IdentitiesImported | undefined => imports.get(file),
    /**
     * A person who may do something, by their exact name, with the digests of their keys that are good now and say so;
     * undefined where there is none.
     */
    personNamed(name: string, now: Date): { identity: Identity; digests: string[] } | undefined {
      const identity = identities.get(identityIdFor(name));
      if (identity?.name !== name || identity.kind !== 'person') return undefined;
      const good = identity.keys.filter((key) => key.as !== 'agent' && isGood(identity, key, now));
      const digests = good.map(({ digest }) => digest);
      return digests.length === 0 ? undefined : { identity: asPerson(identity), digests };
    },
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
