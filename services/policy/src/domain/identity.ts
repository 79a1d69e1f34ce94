import {
  ADMIN,
  APPROVER,
  type ChangeRoles,
  type CreateIdentity,
  type Identity,
  type IdentityChanged,
  type IdentityKey,
  identityIdFor,
  isBoth,
  MOST_KEYS,
  type NamedIdentity,
  type RecoverAdmin,
  type RevokeKeys,
  type RotateKey,
  sideOfKey,
} from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import {
  changeRoles,
  invalid,
  isOver,
  type Others,
  requireAnAdmin,
  requireOwnKey,
  requireUnlike,
  sorted,
} from './identity-roles.ts';

export type IdentityCommand =
  | ({ readonly type: 'create' } & CreateIdentity)
  | ({ readonly type: 'rotate' } & RotateKey)
  | ({ readonly type: 'roles' } & ChangeRoles)
  | ({ readonly type: 'recover' } & RecoverAdmin)
  | ({ readonly type: 'revoke' } & RevokeKeys)
  | ({ readonly type: 'remove' } & NamedIdentity);

type IdentityFact = 'created' | 'key_added' | 'key_revoked' | 'roles_changed' | 'recovered' | 'removed';
export type IdentityEvent = {
  readonly type: `aegis.identity.${IdentityFact}.v1`;
  readonly data: IdentityChanged;
};

/** A key that is good for nothing would be the caller's mistake. */
function requireFuture({ expires_at }: Pick<IdentityKey, 'expires_at'>, at: string): void {
  if (expires_at !== undefined && Date.parse(expires_at) <= Date.parse(at)) {
    throw new AppError('invalid_request', 'key.expires_at: expected a time to come');
  }
}

function create(
  { name, kind, roles, rule_roles, principals, key }: CreateIdentity,
  state: Identity | undefined,
  at: string,
  others: Others,
): Identity {
  if (state && state.removed_at === undefined) {
    const detail =
      state.name === name
        ? `There is somebody of the name ${name} already.`
        : `The name ${name} looks like ${state.name}, who is there already.`;
    throw new AppError('name_taken', detail);
  }
  requireFuture(key, at);
  requireOwnKey(key, others);
  if (kind !== 'person' && (principals ?? rule_roles) !== undefined)
    throw invalid('principals, rule_roles: only a person has them');
  const given = { ...sorted(kind, [...new Set(roles)]), ...(rule_roles && { rule_roles }) };
  if (kind === 'person') requireUnlike(name, given.rule_roles ?? [], others);
  return {
    identity_id: identityIdFor(name),
    name,
    kind,
    ...given,
    ...(principals === undefined ? {} : { principals }),
    keys: [{ ...key, created_at: at }],
    created_at: at,
  };
}

const union = (one: readonly string[] = [], more: readonly string[] = []): string[] => [
  ...new Set([...one, ...more]),
];

/** Whoever the name was, it is a person and an admin since, by the new key alone. */
function recover(
  { name, key, by }: RecoverAdmin,
  state: Identity | undefined,
  at: string,
  others: Others,
): Identity {
  const isThere = state !== undefined && state.removed_at === undefined;
  if (isThere && (state.kind !== 'person' || state.name !== name)) {
    const detail = `${state.name} is ${state.kind === 'person' ? 'there already, and looks like it' : `of the kind ${state.kind}`}: take another name.`;
    throw new AppError('name_taken', detail);
  }
  const roles = [APPROVER, ADMIN];
  const made = create({ name, kind: 'person', roles, key, by }, undefined, at, others);
  if (!isThere) return made;
  const keys = made.keys.map((one) => ({ ...one, ...(isBoth(state) && { as: 'person' as const }) }));
  const before = revoked(state, at, 'person').keys.slice(1 - MOST_KEYS);
  return {
    ...state,
    roles: union(state.roles, made.roles),
    rule_roles: union(state.rule_roles, made.rule_roles),
    keys: [...before, ...keys],
  };
}

/** @throws AppError `identity_not_found` */
function require(name: string, state: Identity | undefined): Identity {
  if (state && state.removed_at === undefined && state.name === name) return state;
  const alike = state && state.removed_at === undefined ? `; ${state.name} looks like it` : '';
  throw new AppError('identity_not_found', `There is nobody of the name ${name}${alike}.`);
}

/** Ends sooner by the overlap where it would be good for longer. */
function endingBy(key: IdentityKey, endsAt: string): IdentityKey {
  const isSooner = key.expires_at !== undefined && Date.parse(key.expires_at) <= Date.parse(endsAt);
  return key.revoked_at !== undefined || isSooner ? key : { ...key, expires_at: endsAt };
}

/**
 * Whose keys a command means, of who is a person and an agent: the agent's where it does not say, which opens less.
 * Undefined of who is one alone.
 */
function sideMeant(state: Identity, as: IdentityKey['as']): IdentityKey['as'] {
  if (isBoth(state)) return as ?? 'agent';
  if (as !== undefined && (as === 'person') !== (state.kind === 'person'))
    throw invalid(`as: ${state.name} is of the kind ${state.kind} alone`);
  return undefined;
}

function rotate({ key, overlap_ms, as }: RotateKey, state: Identity, at: string, others: Others): Identity {
  requireFuture(key, at);
  requireOwnKey(key, [state, ...others]);
  const endsAt = new Date(Date.parse(at) + overlap_ms).toISOString();
  const side = sideMeant(state, as);
  const before = state.keys.map((one) => (isOf(state, one, side) ? endingBy(one, endsAt) : one));
  const good = before.filter((one) => !isOver(one, at));
  const room = MOST_KEYS - 1 - good.length;
  if (room < 0) {
    throw new AppError(
      'too_many_requests',
      `${state.name} has ${MOST_KEYS} keys that are good: rotate with a shorter overlap, or revoke them.`,
    );
  }
  // Of those that are over the oldest go.
  const over = before
    .filter((one) => isOver(one, at))
    .toReversed()
    .slice(0, room);
  const kept = before.filter((one) => good.includes(one) || over.includes(one));
  return { ...state, keys: [...kept, { ...key, created_at: at, ...(side && { as: side }) }] };
}

const isOf = (state: Identity, key: IdentityKey, side: IdentityKey['as']): boolean =>
  side === undefined || sideOfKey(state, key) === side;

/** Without a side: all of them. */
const revoked = (state: Identity, at: string, side?: IdentityKey['as']): Identity => ({
  ...state,
  keys: state.keys.map((key) =>
    isOver(key, at) || !isOf(state, key, side) ? key : { ...key, revoked_at: at },
  ),
});

/** What becomes of somebody who is there. @throws as {@link decide} */
function change(
  command: Exclude<IdentityCommand, { readonly type: 'create' | 'recover' }>,
  identity: Identity,
  at: string,
  others: Others,
): readonly [IdentityFact, Identity] {
  if (command.type === 'rotate') return ['key_added', rotate(command, identity, at, others)];
  if (command.type === 'revoke')
    return ['key_revoked', revoked(identity, at, sideMeant(identity, command.as))];
  if (command.type === 'roles') return ['roles_changed', changeRoles(command, identity, others)];
  return ['removed', { ...revoked(identity, at), removed_at: at }];
}

/**
 * What a command makes of who is there under a name, or of nobody, beside all others who are there.
 *
 * @throws AppError `name_taken`, `identity_not_found`, `invalid_request`, `too_many_requests`, `last_admin`
 */
export function decide(
  command: IdentityCommand,
  state: Identity | undefined,
  now: Date,
  others: Others = [],
): IdentityEvent {
  const at = now.toISOString();
  const { by, name } = command;
  const event = (what: IdentityFact, identity: Identity): IdentityEvent => ({
    type: `aegis.identity.${what}.v1`,
    data: { identity, by },
  });
  if (command.type === 'create') return event('created', create(command, state, at, others));
  if (command.type === 'recover') return event('recovered', recover(command, state, at, others));
  const before = require(name, state);
  const [what, after] = change(command, before, at, others);
  requireAnAdmin(before, after, at, others);
  return event(what, after);
}
