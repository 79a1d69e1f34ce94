import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const KEY_BYTES = 32;
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The name of a key's owner. */
export const KeyName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/,
    'expected 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter or a digit',
  );

/** A new key, `<prefix>_<43 characters>`: 256 bits of chance, so its plain SHA-256 can be kept. */
export const makeKey = (prefix: string): string =>
  `${prefix}_${randomBytes(KEY_BYTES).toString('base64url')}`;

/** What is kept of a key: `sha256:<64 hexadecimal digits>`. */
export const keyDigest = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

/**
 * Whose key it is, by the names and digests that are kept. Compares with every one of them, each in constant time: how
 * long it takes tells nothing.
 */
export function holderOf(key: string, digests: Iterable<readonly [string, string]>): string | undefined {
  const digest = Buffer.from(keyDigest(key));
  let found: string | undefined;
  for (const [name, kept] of digests) {
    const other = Buffer.from(kept);
    if (other.length === digest.length && timingSafeEqual(digest, other)) found = name;
  }
  return found;
}

/** The secret of an `Authorization: Bearer` header (RFC 6750, section 2.1); undefined where it is none. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  BEARER.exec(authorization ?? '')?.[1];
