import {
  ADMIN,
  type ChangeRoles,
  type Identity,
  type IdentityKey,
  identityIdFor,
  ROLES,
  ROLES_OF,
  rolesOfKey,
} from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';

/** Everybody who is there beside the one whom a command is about. */
export type Others = readonly Identity[];

export const isOver = ({ revoked_at, expires_at }: IdentityKey, at: string): boolean =>
  revoked_at !== undefined || (expires_at !== undefined && Date.parse(expires_at) <= Date.parse(at));

export const invalid = (detail: string): AppError => new AppError('invalid_request', detail);

/** Two with one key: nobody could say who it was. */
export function requireOwnKey({ digest }: Pick<IdentityKey, 'digest'>, others: Others): void {
  const owner = others.find(({ keys }) => keys.some((key) => key.digest === digest));
  if (owner) throw invalid(`key.digest: ${owner.name} has this key; make another one`);
}

const isBuiltIn = (role: string): role is (typeof ROLES)[number] => ROLES.some((one) => one === role);
const alike = (one: string, other: string): boolean => identityIdFor(one) === identityIdFor(other);

/** A rule that names either would let in both. */
export function requireUnlike(name: string, named: readonly string[], others: Others): void {
  for (const role of named) {
    const other = others.find((one) => one.kind === 'person' && alike(one.name, role));
    if (other)
      throw invalid(`roles: there is somebody named ${other.name}; give the role ${role} another name`);
  }
  const owner = others.find(({ rule_roles = [] }) => rule_roles.some((role) => alike(role, name)));
  if (owner) throw invalid(`name: expected another one: rules may name ${owner.name} by the role ${name}`);
}

/**
 * What roles open, and what rules may name a person by: each name that was given, those that open something too.
 *
 * @throws AppError `invalid_request` where this kind can't have one of them
 */
export function sorted(
  kind: Identity['kind'],
  given: readonly string[],
): Pick<Identity, 'roles' | 'rule_roles'> {
  const may: readonly string[] = ROLES_OF[kind];
  const wrong = given.find((role) => (kind === 'person' ? isBuiltIn(role) : true) && !may.includes(role));
  if (wrong !== undefined) {
    const own = kind === 'person' ? ', and roles of your own, which rules name' : '';
    throw invalid(`roles: a name of the kind ${kind} may have ${may.join(', ')}${own}; not ${wrong}`);
  }
  const roles = given.filter(isBuiltIn);
  return kind === 'person' ? { roles, rule_roles: [...given] } : { roles };
}

const isAdmin = ({ roles, removed_at }: Identity): boolean =>
  roles.includes(ADMIN) && removed_at === undefined;

/** Somebody with a key that is good stays admin. @throws AppError `last_admin` */
export function requireAnAdmin(before: Identity, after: Identity, at: string, others: Others): void {
  const canAct = (one: Identity): boolean =>
    isAdmin(one) && one.keys.some((key) => rolesOfKey(one, key).includes(ADMIN) && !isOver(key, at));
  if (!isAdmin(before) || canAct(after) || others.some(canAct)) return;
  throw new AppError(
    'last_admin',
    `${before.name} is the only admin: make somebody else one first ("aegis identities roles NAME --add ${ADMIN}").`,
  );
}

export function changeRoles({ add, drop }: ChangeRoles, state: Identity, others: Others): Identity {
  const { roles, rule_roles = [], ...rest } = state;
  const missing = drop.find((role) => !roles.includes(role) && !rule_roles.includes(role));
  if (missing !== undefined) throw invalid(`drop: ${state.name} does not have the role ${missing}`);
  const added = sorted(state.kind, add);
  requireUnlike(state.name, added.rule_roles ?? [], others);
  const without = (before: readonly string[], more: readonly string[]): string[] =>
    [...new Set([...before, ...more])].filter((role) => !drop.includes(role));
  const named = without(rule_roles, added.rule_roles ?? []);
  return {
    ...rest,
    roles: without(roles, added.roles),
    ...(named.length === 0 ? {} : { rule_roles: named }),
  };
}
