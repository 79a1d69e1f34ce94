import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** `sha256:<hex>` over the RFC 8785 form. Absent and null differ. The value must come from {@link parseStrictJson}. */
export function digestOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return `sha256:${hash('sha256', text, 'hex')}`;
}
