import { hash } from 'node:crypto';
import type { PolicyRejected } from '@aegis/contracts/policy';
import { readText } from '@aegis/kit/files';
import {
  effectivePolicy,
  FIRST_POLICY,
  MAX_POLICY_BYTES,
  mistakesIn,
  parsePolicyText,
  policyDigest,
  saysNothing,
  validatePolicy,
} from '@aegis/policy-engine';
import type { Candidate } from './domain/policy-log.ts';

/** Half a policy is a policy too, such as a rule before its cap: one that was written to just now may not be whole. */
const STILL_FOR_MS = 150;

const WHY = { missing: 'the policy file is missing', empty: 'the policy is empty' } as const;

const refusal = (path: string, errors: string[], bytes?: Uint8Array): PolicyRejected => ({
  path,
  errors,
  ...(bytes === undefined ? {} : { digest: `sha256:${hash('sha256', bytes, 'hex')}` }),
});

const bad = (...refused: Parameters<typeof refusal>): Candidate => ({
  type: 'bad',
  rejected: refusal(...refused),
});

const nothing = (why: 'missing' | 'empty', path: string, bytes?: Uint8Array): Candidate => ({
  type: 'nothing',
  why,
  first: {
    policy: { ...FIRST_POLICY },
    digest: policyDigest(FIRST_POLICY),
    version: 2,
    path,
    origin: 'defaults',
  },
  rejected: refusal(path, [WHY[why]], bytes),
});

/** Reads a text as a policy: YAML or JSON, version 1 or 2. */
function readPolicy(path: string, text: string, bytes: Uint8Array): Candidate {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) return bad(path, parsed.errors, bytes);
  if (saysNothing(parsed.document)) return nothing('empty', path, bytes);
  const valid = validatePolicy(parsed.document);
  if (!valid.ok) return bad(path, valid.errors, bytes);
  const { policy, version } = valid;
  const mistakes = mistakesIn(policy);
  return {
    type: 'good',
    policy: {
      policy: { ...effectivePolicy(policy) },
      digest: policyDigest(policy),
      version,
      path,
      origin: 'file',
    },
    ...(mistakes.length > 0 && { rejected: refusal(path, mistakes, bytes) }),
  };
}

/** What stands at the path now. Never throws: what can't be read is a bad candidate that says why. */
export async function readCandidate(path: string): Promise<Candidate> {
  const read = await readText(path, { maxBytes: MAX_POLICY_BYTES, stillForMs: STILL_FOR_MS });
  if (read.state === 'text') return readPolicy(path, read.text, read.bytes);
  if (read.state === 'missing') return nothing('missing', path);
  return bad(path, [`the file ${read.problem}`], read.state === 'refused' ? read.bytes : undefined);
}
