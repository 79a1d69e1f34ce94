import { randomBytes, type ScryptOptions, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';

const BYTES = 32;
/** 16 MiB and some 40 ms for each guess, since a code that somebody chose may be weak (RFC 7914). */
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };
/** The same everywhere: replicas have to agree on a session of who knows the code, also after a restart. */
const SALT = 'AegisMCP approval code';
const PREFIX = 'scrypt:';

/** `scrypt:<43 characters>`: what is kept of a code. */
export const CODE_DIGEST = /^scrypt:[\w-]{43}$/;

/** 128 bits, in letters that a person can copy. */
export const makeApprovalCode = (): string => randomBytes(16).toString('base64url');

const toText = (bytes: Buffer): string => `${PREFIX}${bytes.toString('base64url')}`;

export const codeDigest = (code: string): string => toText(scryptSync(code, SALT, BYTES, COST));

/** Makes the slow digest once; each comparison takes the same time whatever is compared. */
export async function compareCode(given: string): Promise<(digest: string) => boolean> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(given, SALT, BYTES, COST, (error, made) => (error === null ? resolve(made) : reject(error)));
  });
  const other = Buffer.from(toText(bytes));
  return (digest) => {
    const own = Buffer.from(digest);
    return own.length === other.length && timingSafeEqual(own, other);
  };
}

/** Nothing is right where there is no code. */
export const isRightCode = async (given: string, digest: string | undefined): Promise<boolean> =>
  digest !== undefined && (await compareCode(given))(digest);
