import { createHash } from 'node:crypto';
import { canonicalJson } from '@aegis/kit/numbers';
import { effectivePolicy } from './defaults.ts';
import type { Policy } from './schema.ts';

/**
 * The name of a policy's content: `sha256:` and 64 hex digits, over the RFC 8785 form of the effective policy. Key
 * order, layout, comments, and version 1 defaults written out or left out make no difference.
 */
export function policyDigest(policy: Policy): string {
  const canonical = canonicalJson(effectivePolicy(policy));
  if (canonical === undefined) throw new TypeError('a policy has a canonical form');
  return `sha256:${createHash('sha256').update(canonical, 'utf8').digest('hex')}`;
}
