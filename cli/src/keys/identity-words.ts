import { type Identity, type IdentityKey, rolesOfKey } from '@aegis/contracts/identities';

/** How a key stands, in a word. */
export function keyState({ revoked_at, expires_at }: IdentityKey, now: number): string {
  if (revoked_at !== undefined) return 'revoked';
  return expires_at !== undefined && Date.parse(expires_at) <= now ? 'expired' : 'good';
}

/** Until when it is good: a time, or a word that says why it is not. */
export function keyEnd(key: IdentityKey, now: number): string {
  const state = keyState(key, now);
  if (state !== 'good') return state;
  return key.expires_at === undefined ? 'without an end' : `until ${key.expires_at}`;
}

/** A row for each key that is good, and one for who has none. */
export function identityRows(identities: readonly Identity[], now: number): string[][] {
  return identities.flatMap((identity) => {
    const { name, roles, keys } = identity;
    const good = keys.filter((key) => keyState(key, now) === 'good');
    if (good.length === 0) return [[name, '', roles.join(' '), 'no key that is good']];
    return good.map((key) => [name, key.digest, rolesOfKey(identity, key).join(' '), keyEnd(key, now)]);
  });
}
