/** Encodings inside encodings are read so often; more of them are no path that any reader opens. */
const MAX_ROUNDS = 6;
const PERCENT = /(?:%[0-9a-f]{2})+/gi;
/** A URL's path is resolved by these too, while an encoded slash stays (WHATWG URL, "double-dot URL path segment"). */
const ENCODED_DOT = /%2e/gi;
const ESCAPE = /\\u\{([0-9a-f]{1,6})\}|(?:\\u|%u)([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([0-7]{3})/gi;
const VARIABLE =
  /\$\{(?:env:)?(\w{1,64})[^{}]{0,64}\}|\$(?:env:)?(\w{1,64})|%([a-z_]\w{0,63})%|(\$\(pwd\)|`pwd`)/gi;
const MAY_DIFFER = /[%\\$`"'^]/;
const HAS_VARIABLE = /[$%`]/;
const EVERY_KIND = /^/;
const WITH_DOLLAR = /^[$`]/;
const WITH_PERCENT = /^%/;
const WITH_BRACES = /^\$\{/;

/** What nobody knows may be anything. */
const ANYTHING = '*';

/**
 * The text as programs may read it: as it stands, decoded once and again, and each of these with and without variables,
 * quotes and escapes.
 */
export function readingsOf(text: string, variables: Readonly<Record<string, string>>): string[] {
  if (!MAY_DIFFER.test(text)) return [text];
  const found = new Set<string>();
  let level = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const withDots = level.replace(ENCODED_DOT, '.');
    if (withDots !== level) found.add(withDots);
    for (const one of expansionsOf(level, variables)) {
      found.add(one);
      if (one.includes('\\')) found.add(one.replaceAll('\\', '/'));
      if (/["'`^\\]/.test(one)) found.add(one.replace(/\$?["'`]|\^|\\\n?/g, ''));
    }
    const next = decode(level);
    if (next === level) break;
    level = next;
  }
  return [...found];
}

/** The readings when they are asked for, and the same again. */
export function readingsOnce(text: string, variables: Readonly<Record<string, string>>): () => string[] {
  let readings: string[] | undefined;
  return () => (readings ??= readingsOf(text, variables));
}

/** One kind of encoding at a time: what one round leaves may mean something by itself. */
function decode(text: string): string {
  const decoded = text.includes('%') ? text.replace(PERCENT, decodeRun) : text;
  if (decoded !== text || !/\\|%u/i.test(text)) return decoded;
  return text.replace(ESCAPE, (written, braced, four, hex, octal) => {
    const digits: string | undefined = braced ?? four ?? hex;
    const code = digits === undefined ? Number.parseInt(octal, 8) : Number.parseInt(digits, 16);
    return code > 0x10ffff ? written : String.fromCodePoint(code);
  });
}

/** Bytes that are no UTF-8 are read one by one, as careless readers do. */
function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run.replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  }
}

/** With all variables, with none, and with those of one kind of system; one that nobody knows is anything, or nothing. */
function expansionsOf(text: string, variables: Readonly<Record<string, string>>): Set<string> {
  if (!HAS_VARIABLE.test(text)) return new Set([text]);
  const all = expand(text, variables, EVERY_KIND, ANYTHING);
  if (all === text) return new Set([text]);
  // In a text of a megabyte each way takes its time: what has no other kind is read already.
  const kinds = [
    ...(text.includes('%') ? [WITH_DOLLAR, WITH_PERCENT] : []),
    ...(text.includes('${') ? [WITH_BRACES] : []),
  ];
  const ofOne = kinds.map((kind) => expand(text, variables, kind, ANYTHING));
  return new Set([all, text, ...ofOne, expand(text, variables, EVERY_KIND, '')]);
}

function expand(
  text: string,
  variables: Readonly<Record<string, string>>,
  kind: RegExp,
  unknown: string,
): string {
  const named = (name: string): string | undefined =>
    Object.hasOwn(variables, name.toUpperCase()) ? variables[name.toUpperCase()] : undefined;
  return text.replace(VARIABLE, (written, braced, bare, percent, pwd) => {
    if (!kind.test(written)) return written;
    if (pwd !== undefined) return named('PWD') ?? unknown;
    if (percent !== undefined) return named(percent) ?? written;
    return named(braced ?? bare) ?? unknown;
  });
}
