import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
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

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHANCE_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const IDENTITY_KEY = new RegExp(`^aegis_[0-9A-Za-z]{${CHANCE_LENGTH + CHECKSUM_LENGTH}}$`);
/** Keys of the files: of MCP clients, and of approvers. */
const FILE_KEY = /^aegis_(?:approver_)?[\w-]{43}$/;

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = BASE_62[Number(rest % 62n)] + text;
  return text;
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

/**
 * A new key of an identity: `aegis_`, 256 bits of chance and their CRC-32, both in base 62. By the checksum, as GitHub has
 * it, a scanner of secrets knows a key from a word like one, and a mistyped key is told as such.
 */
export function makeIdentityKey(): string {
  const chance = base62(BigInt(`0x${randomBytes(KEY_BYTES).toString('hex')}`), CHANCE_LENGTH);
  return `aegis_${chance}${checksum(`aegis_${chance}`)}`;
}

/**
 * What a secret looks like: a key of an identity, one that was cut or mistyped, or neither, which a key of the files and a
 * code are.
 */
export function identityKeyLook(secret: string): 'whole' | 'damaged' | 'none' {
  if (IDENTITY_KEY.test(secret)) {
    const isWhole = checksum(secret.slice(0, -CHECKSUM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH);
    return isWhole ? 'whole' : 'damaged';
  }
  return secret.startsWith('aegis_') && !FILE_KEY.test(secret) ? 'damaged' : 'none';
}

/**
 * The key of whoever can read the gateway's own seed of the bus, on its machine: it opens what they could take anyway, and
 * is kept nowhere.
 */
export const localKey = (seed: string): string =>
  `aegis_local_${createHmac('sha256', seed.trim()).update('aegis local reader').digest('base64url')}`;

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
