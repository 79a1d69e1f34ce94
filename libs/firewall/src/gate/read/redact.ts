/** What stands where a secret was. */
export const REDACTED = '[redacted]';
/** A record keeps at most this much of arguments or of a result, in characters of JSON; of more, only the digest. */
export const MAX_RECORDED = 65_536;

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
  'apitoken',
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
];
/** Names that are secrets only where they stand alone. */
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
/** Names that end like a secret and count things, or move through a list. */
const HARMLESS: ReadonlySet<string> = new Set([
  'cancellationtoken',
  'continuationtoken',
  'nextpagetoken',
  'nexttoken',
  'pagetoken',
  'progresstoken',
  'synctoken',
]);
const MAX_KEY = 200;
const SEPARATORS = /[^a-z0-9]/g;

/** Whether a member of this name holds a secret, by its name. */
export function isSecretName(key: string): boolean {
  const name = key.slice(-MAX_KEY).toLowerCase().replace(SEPARATORS, '');
  if (HARMLESS.has(name)) return false;
  return SECRET_NAMES.has(name) || SECRET_ENDINGS.some((ending) => name.endsWith(ending));
}

/**
 * Shapes of secrets in text. Each starts with a fixed word and runs over one class of characters, so that a scan is
 * linear in the text's length.
 */
const PATTERNS: readonly RegExp[] = [
  /\b(?:Bearer|Basic)[ \t]+[\w.~+/=-]{8,}/gi,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[opsur]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\bglpat-[\w-]{16,}/g,
  /\bxox[abeoprs]-[\w-]{10,}/g,
  /\bsk-[\w-]{16,}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
];
const PEM_START = '-----BEGIN ';
const PEM_PRIVATE = /^[A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const PEM_END = /-----END [A-Z0-9 ]{0,40}-----/g;
const USERINFO_START = '://';
const NOT_AUTHORITY = /[\s/?#"'<>\\]/g;
/** Shorter text holds none of the shapes. */
const SHORTEST = 8;

/** Takes whole private keys out; what follows an unfinished one too. */
function withoutPem(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(PEM_START); at !== -1; at = text.indexOf(PEM_START, at)) {
    const label = text.slice(at + PEM_START.length, at + PEM_START.length + 60);
    if (!PEM_PRIVATE.test(label)) {
      at += PEM_START.length;
      continue;
    }
    PEM_END.lastIndex = at;
    const end = PEM_END.test(text) ? PEM_END.lastIndex : text.length;
    parts.push(text.slice(from, at), REDACTED);
    from = end;
    at = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Takes `user:password@` out of URLs. */
function withoutUserinfo(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(USERINFO_START); at !== -1; at = text.indexOf(USERINFO_START, at)) {
    const start = at + USERINFO_START.length;
    NOT_AUTHORITY.lastIndex = start;
    const end = NOT_AUTHORITY.exec(text)?.index ?? text.length;
    const sign = text.slice(start, end).lastIndexOf('@');
    if (sign > 0) {
      parts.push(text.slice(from, start), REDACTED);
      from = start + sign;
    }
    at = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The text without what looks like a secret. Linear in its length. */
export function redactText(text: string): string {
  if (text.length < SHORTEST) return text;
  let clean = text;
  if (clean.includes(PEM_START)) clean = withoutPem(clean);
  if (clean.includes(USERINFO_START)) clean = withoutUserinfo(clean);
  for (const pattern of PATTERNS) clean = clean.replace(pattern, REDACTED);
  return clean;
}

/** A copy without secrets, by the names of members and by what text looks like. Keys stay. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(redact);
  const clean: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    // What has no value yet holds no secret, and the record should show that.
    const hide = member !== null && member !== '' && typeof member !== 'boolean' && isSecretName(key);
    Object.defineProperty(clean, key, {
      value: hide ? REDACTED : redact(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return clean;
}
