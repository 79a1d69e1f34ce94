import { isObject } from '@aegis/kit/json';
import { isSecretName, plainName, secretSpans } from '@aegis/policy-engine';

/** What stands where a secret was. */
export const REDACTED = '[redacted]';
/** A record keeps at most this much of arguments or of a result, in characters of JSON; of more, only the digest. */
export const MAX_RECORDED = 65_536;

/**
 * Names that end like a secret and count things, or move through a list. The record keeps them, so that it shows which page
 * was read; a reason has no such need, and quotes none of them.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'cancellationtoken',
  'continuationtoken',
  'nextpagetoken',
  'nexttoken',
  'pagetoken',
  'progresstoken',
  'synctoken',
]);
/** The shortest that has a secret in it: `pwd=x`. */
const SHORTEST = 5;

/** Whether a member of this name holds a secret that the record may not keep. */
export function hidesValue(key: string): boolean {
  return isSecretName(key) && !HARMLESS.has(plainName(key));
}

/** The text without what looks like a secret. Takes time in proportion to its length. */
export function redactText(text: string): string {
  if (text.length < SHORTEST) return text;
  let clean = '';
  let from = 0;
  for (const { start, end } of secretSpans(text)) {
    clean += text.slice(from, start) + REDACTED;
    from = end;
  }
  return clean + text.slice(from);
}

/** A copy without secrets, by the names of members and by what text looks like. Keys stay. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (!isObject(value)) return value;
  const clean: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    // What has no value yet holds no secret, and the record should show that.
    const hide = member !== null && member !== '' && typeof member !== 'boolean' && hidesValue(key);
    Object.defineProperty(clean, key, {
      value: hide ? REDACTED : redact(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return clean;
}
