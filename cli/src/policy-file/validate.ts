import {
  advisePolicy,
  type Migration,
  migratePolicy,
  type Policy,
  parsePolicyText,
  validatePolicy,
} from '@aegis/policy-engine';

export type CheckedPolicy =
  | { readonly ok: false; readonly errors: readonly string[] }
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly version: 1 | 2;
      readonly migration: Migration;
      /** What it lets through that may not be meant. */
      readonly warnings: readonly string[];
    };

/** Reads and checks the text of a policy file. Never throws. */
export function checkPolicyText(text: string): CheckedPolicy {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) return parsed;
  const validation = validatePolicy(parsed.document);
  if (!validation.ok) return validation;
  const { policy } = validation;
  return { ...validation, migration: migratePolicy(policy), warnings: advisePolicy(policy) };
}
