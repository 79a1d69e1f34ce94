import { hash } from 'node:crypto';
import { canonicalJson } from '../numbers/mod.ts';

/**
 * `sha256:<hex>` over the RFC 8785 form, with numbers as they are written ({@link canonicalJson}). Absent and null differ.
 * The value must come from {@link parseStrictJson}.
 */
export function digestOf(value: unknown): string {
  const text = canonicalJson(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return `sha256:${hash('sha256', text, 'hex')}`;
}
