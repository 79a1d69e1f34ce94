import {
  ADMIN,
  AGENT,
  APPROVER,
  type Identity,
  type IdentityKey,
  identityIdFor,
  MOST_KEYS,
  MOST_NAMES,
  OPERATOR,
} from '@aegis/contracts/identities';
import { isOver, type Others } from './identity-roles.ts';

/** One name of a file of before: a person who decides, or the client whose key it is. */
export type Entry = {
  readonly name: string;
  readonly digest: string;
  readonly as: NonNullable<IdentityKey['as']>;
  readonly roles?: readonly string[];
  readonly principals?: readonly string[];
};

/** What becomes of it: it is somebody since, was carried before, or is left out, with why. */
export type Carried =
  | {
      readonly type: 'aegis.identity.created.v1' | 'aegis.identity.key_added.v1';
      readonly identity: Identity;
    }
  | { readonly because: string }
  | 'there';

/**
 * What an approver of the file could do: decide, accept tools, and with the role `admin` say who is told. Their roles are
 * what rules name them by, and make nobody an admin of identities.
 */
const rolesOf = ({ as, roles = [] }: Entry): string[] => {
  if (as === 'agent') return [AGENT];
  return roles.includes(ADMIN) ? [APPROVER, OPERATOR] : [APPROVER];
};

const sideOf = ({ kind }: Identity): NonNullable<IdentityKey['as']> =>
  kind === 'person' ? 'person' : 'agent';

/** One name that is a person in one place and an agent in another stays both, and each key what it was. */
function joined(entry: Entry, key: IdentityKey, state: Identity, at: string): Carried {
  const isThere =
    entry.as === 'person' ? state.roles.some((role) => role !== AGENT) : state.roles.includes(AGENT);
  if (state.name !== entry.name)
    return { because: `the name looks like ${state.name}, who is there already` };
  if (isThere) return { because: 'there is somebody of this name already' };
  const keys = state.keys.map((one) => ({ ...one, as: one.as ?? sideOf(state) }));
  const room = keys.filter((one) => !isOver(one, at));
  if (room.length >= MOST_KEYS) return { because: `the name has ${MOST_KEYS} keys already` };
  const { rule_roles, principals } = namedBy(entry);
  const identity: Identity = {
    ...state,
    kind: 'person',
    roles: [...new Set([...state.roles, ...rolesOf(entry)])],
    ...(rule_roles && { rule_roles }),
    ...(principals && { principals }),
    keys: [...(keys.length < MOST_KEYS ? keys : room), { ...key, as: entry.as }],
  };
  return { type: 'aegis.identity.key_added.v1', identity };
}

const namedBy = ({ roles, principals }: Entry): Pick<Identity, 'rule_roles' | 'principals'> => ({
  ...(roles && { rule_roles: [...roles] }),
  ...(principals && { principals: [...principals] }),
});

/** Carries one entry over: to nobody of this name, or to whoever has it. */
export function carry(entry: Entry, state: Identity | undefined, others: Others, now: Date): Carried {
  const at = now.toISOString();
  const { name, digest, as, roles = [], principals = [] } = entry;
  // By a run that ended before it was through; also somebody who was taken out since.
  if (state?.keys.some((one) => one.digest === digest)) return 'there';
  const owner = others.find(({ keys }) => keys.some((one) => one.digest === digest));
  if (owner) return { because: `${owner.name} has the same key` };
  if (roles.length > MOST_NAMES || principals.length > MOST_NAMES)
    return { because: `it has more than ${MOST_NAMES} roles or principals` };
  const key: IdentityKey = { digest, created_at: at };
  if (state && state.removed_at === undefined) return joined(entry, key, state, at);
  const identity: Identity = {
    identity_id: identityIdFor(name),
    name,
    kind: as,
    roles: rolesOf(entry),
    ...namedBy(entry),
    keys: [key],
    created_at: at,
  };
  return { type: 'aegis.identity.created.v1', identity };
}
