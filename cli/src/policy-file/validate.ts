import {
  advisePolicy,
  type Migration,
  migratePolicy,
  mistakesIn,
  type Policy,
  parsePolicyText,
  validatePolicy,
} from '@aegis/policy-engine';

export type CheckedPolicy =
  | {
      readonly ok: false;
      readonly errors: readonly string[];
      /** It is a policy, of which nobody can mean what it says: where it is in force already, it goes on. */
      readonly goesOn?: true;
      /** It can't be read as YAML: what it says was not looked at. */
      readonly isUnread?: true;
    }
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
  if (!parsed.ok) return { ...parsed, isUnread: true };
  const validation = validatePolicy(parsed.document);
  if (!validation.ok) return validation;
  const { policy } = validation;
  const mistakes = mistakesIn(policy);
  if (mistakes.length > 0) return { ok: false, errors: mistakes, goesOn: true };
  return { ...validation, migration: migratePolicy(policy), warnings: advisePolicy(policy) };
}
