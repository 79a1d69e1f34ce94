/** Names whose values are secrets, without separators, in lower case; also as the end of a longer name. */
const SECRET_ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secrets',
  'token',
  'apikey',
  'accesskey',
  'accesskeyid',
  'secretkey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'cookies',
  'sessionid',
  'connectionstring',
] as const;
/** Names of secrets only where they stand alone. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'auth',
  'bearer',
  'jwt',
  'otp',
  'pass',
  'pin',
  'sid',
  'sig',
]);
/** Longer than any of them with all its separators. */
const MAX_KEY = 200;

/** A name as the lists have it: in lower case, without separators. Of a long one, its end. */
export function plainName(key: string): string {
  return key
    .slice(-MAX_KEY)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/**
 * Whether what is under this key is a secret, by its name; case and separators make no difference. Names that only end like
 * one, such as `nextPageToken`, are taken for secrets: whoever would keep those says so.
 */
export function isSecretName(key: string): boolean {
  const name = plainName(key);
  return SECRET_NAMES.has(name) || SECRET_ENDINGS.some((ending) => name.endsWith(ending));
}
