/**
 * What a reason may not quote. The list is short on purpose: what is recorded of arguments and results is redacted by the
 * firewall in the path, before it is stored, by its own longer list.
 */
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
const SECRET_NAMES: ReadonlySet<string> = new Set(['auth', 'bearer', 'jwt', 'otp', 'pass', 'pin', 'sid']);

/** Whether what is under this key is a secret, by its name; case and separators make no difference. */
export function isSecretKey(key: string): boolean {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_NAMES.has(name) || SECRET_ENDINGS.some((ending) => name.endsWith(ending));
}

/** Each starts with a fixed word and runs over one class of characters, so that a search is linear. */
const SHAPES: readonly RegExp[] = [
  /\b(?:Bearer|Basic)[ \t]+[\w.~+/=-]{8,}/gi,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}/g,
  /\bgh[a-z]_[A-Za-z0-9]{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bglpat-[\w-]{16,}/g,
  /\bxox[a-z]-[\w-]{8,}/g,
  /\bsk-[\w-]{16,}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[^]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
  // The user and password of a URL; a name of a host is never so long that its end is out of sight.
  /(?<=:\/\/)[^\s/?#"'<>\\]*(?=@)/g,
  /(?<=:\/\/)[^\s/?#"'<>\\]{512,}/g,
  // `--password=…`, `?access_token=…`, `"api_key": "…"`
  /(?<=(?:password|passwd|pwd|secret|token|api[_-]?key)["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)[^\s&"',;]+/gi,
];
/** So far the text is searched: enough to see the end of what starts where a reason still quotes. */
const IN_SIGHT = 1024;

/** A part of a text, in UTF-16 units; the end is not in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What looks like a secret at the start of a text, in order and apart from each other. */
export function secretSpans(text: string): readonly Span[] {
  const head = text.slice(0, IN_SIGHT);
  const found = SHAPES.flatMap((shape) =>
    Array.from(head.matchAll(shape), ({ index, 0: { length } }) => ({ start: index, end: index + length })),
  );
  const apart: Span[] = [];
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    if (last !== undefined && start <= last.end) {
      apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    } else if (end > start) apart.push({ start, end });
  }
  return apart;
}
