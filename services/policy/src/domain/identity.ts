import {
  AGENT,
  type CreateIdentity,
  type Identity,
  type IdentityChanged,
  type IdentityKey,
  identityIdFor,
  MOST_KEYS,
  type NamedIdentity,
  type RotateKey,
} from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';

export type IdentityCommand =
  | ({ readonly type: 'create' } & CreateIdentity)
  | ({ readonly type: 'rotate' } & RotateKey)
  | ({ readonly type: 'revoke' | 'remove' } & NamedIdentity);

export type IdentityEvent = {
  readonly type: `aegis.identity.${'created' | 'key_added' | 'key_revoked' | 'removed'}.v1`;
  readonly data: IdentityChanged;
};

/** What opens a door by now. A role that opens none yet would be a promise. */
const GIVEN: readonly string[] = [AGENT];

const isOver = ({ revoked_at, expires_at }: IdentityKey, at: string): boolean =>
  revoked_at !== undefined || (expires_at !== undefined && Date.parse(expires_at) <= Date.parse(at));

/** A key that is good for nothing would be the caller's mistake. */
function requireFuture({ expires_at }: Pick<IdentityKey, 'expires_at'>, at: string): void {
  if (expires_at !== undefined && Date.parse(expires_at) <= Date.parse(at)) {
    throw new AppError('invalid_request', 'key.expires_at: expected a time to come');
  }
}

function create(
  { name, kind, roles, key }: CreateIdentity,
  state: Identity | undefined,
  at: string,
): Identity {
  if (state && state.removed_at === undefined) {
    const detail =
      state.name === name
        ? `There is somebody of the name ${name} already.`
        : `The name ${name} looks like ${state.name}, who is there already.`;
    throw new AppError('name_taken', detail);
  }
  const other = roles.find((role) => !GIVEN.includes(role));
  if (other !== undefined) {
    throw new AppError('invalid_request', `roles: expected ${GIVEN.join(', ')}; ${other} opens nothing yet`);
  }
  requireFuture(key, at);
  return {
    identity_id: identityIdFor(name),
    name,
    kind,
    roles,
    keys: [{ ...key, created_at: at }],
    created_at: at,
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

function rotate({ key, overlap_ms }: RotateKey, state: Identity, at: string): Identity {
  requireFuture(key, at);
  const endsAt = new Date(Date.parse(at) + overlap_ms).toISOString();
  const before = state.keys.map((one) => endingBy(one, endsAt));
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
  return { ...state, keys: [...kept, { ...key, created_at: at }] };
}

const revoked = (state: Identity, at: string): Identity => ({
  ...state,
  keys: state.keys.map((key) => (isOver(key, at) ? key : { ...key, revoked_at: at })),
});

/**
 * What a command makes of who is there under a name, or of nobody.
 *
 * @throws AppError `name_taken`, `identity_not_found`, `invalid_request`, `too_many_requests`
 */
export function decide(command: IdentityCommand, state: Identity | undefined, now: Date): IdentityEvent {
  const at = now.toISOString();
  const { by, name } = command;
  if (command.type === 'create')
    return { type: 'aegis.identity.created.v1', data: { identity: create(command, state, at), by } };
  const identity = require(name, state);
  if (command.type === 'rotate')
    return { type: 'aegis.identity.key_added.v1', data: { identity: rotate(command, identity, at), by } };
  if (command.type === 'revoke')
    return { type: 'aegis.identity.key_revoked.v1', data: { identity: revoked(identity, at), by } };
  const removed = { ...revoked(identity, at), removed_at: at };
  return { type: 'aegis.identity.removed.v1', data: { identity: removed, by } };
}
