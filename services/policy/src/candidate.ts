import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { PolicyPublished } from '@aegis/contracts/policy';
import {
  defaultPolicy,
  effectivePolicy,
  MAX_POLICY_BYTES,
  parsePolicyText,
  policyDigest,
  validatePolicy,
} from '@aegis/policy-engine';
import type { Candidate } from './domain/policy-log.ts';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const bad = (path: string, errors: string[], bytes?: Uint8Array): Candidate => ({
  type: 'bad',
  rejected: {
    path,
    errors,
    ...(bytes ? { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` } : {}),
  },
});

function defaults(path: string): PolicyPublished {
  const policy = defaultPolicy();
  return { policy: { ...policy }, digest: policyDigest(policy), version: 1, path, origin: 'defaults' };
}

/** Reads bytes as a policy: UTF-8, YAML or JSON, version 1 or 2. */
function readPolicy(path: string, bytes: Uint8Array): Candidate {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bad(path, ['the file is not UTF-8 text'], bytes);
  }
  const parsed = parsePolicyText(text);
  if (!parsed.ok) return bad(path, parsed.errors, bytes);
  const valid = validatePolicy(parsed.document);
  if (!valid.ok) return bad(path, valid.errors, bytes);
  const { policy, version } = valid;
  return {
    type: 'good',
    policy: {
      policy: { ...effectivePolicy(policy) },
      digest: policyDigest(policy),
      version,
      path,
      origin: 'file',
    },
  };
}

/** What stands at the path now. Never throws: what can't be read is a bad candidate that says why. */
export async function readCandidate(path: string): Promise<Candidate> {
  try {
    const { size } = await stat(path);
    if (size > MAX_POLICY_BYTES) return bad(path, [`the file is larger than ${MAX_POLICY_BYTES} bytes`]);
    return readPolicy(path, await readFile(path));
  } catch (error) {
    if (isMissing(error)) return { type: 'missing', path, defaults: defaults(path) };
    return bad(path, [`the file can not be read: ${(error as Error).message}`]);
  }
}
