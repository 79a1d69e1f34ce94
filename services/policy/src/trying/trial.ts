import type { PolicyMigrateReply, PolicyValidateReply } from '@aegis/contracts/policy';
import { isObject } from '@aegis/kit/json';
import {
  advisePolicy,
  effectivePolicy,
  migratePolicy,
  mistakesIn,
  type PolicyValidation,
  validatePolicy,
} from '@aegis/policy-engine';

/** What a caller may have looked at. What stands in the policy file may be more: its size alone is bounded. */
export const MAX_RULES = 10_000;
export const MAX_VALUES = 100_000;

const LISTS = ['rules', 'allow_tools', 'deny_tools'] as const;

/** Whether there are more values in it than that, keys and clauses and items of lists together. Looks at no more of them. */
function hasMoreThan(most: number, document: unknown): boolean {
  const open = [document];
  let seen = 0;
  for (let value = open.pop(); seen <= most; value = open.pop()) {
    if (typeof value === 'object' && value !== null) {
      const inside = Object.values(value);
      seen += inside.length;
      if (seen <= most) for (const one of inside) if (typeof one === 'object') open.push(one);
    }
    if (open.length === 0) return seen > most;
  }
  return true;
}

function tooMuch(document: unknown): string | undefined {
  if (!isObject(document)) return undefined;
  for (const key of LISTS) {
    const list = document[key];
    if (Array.isArray(list) && list.length > MAX_RULES)
      return `${key}: more than ${MAX_RULES} can not be tried out`;
  }
  return hasMoreThan(MAX_VALUES, document)
    ? `more than ${MAX_VALUES} values can not be tried out`
    : undefined;
}

/** Whether a caller's document is a policy, where it is no more work than a caller may ask for. */
function look(document: unknown): PolicyValidation {
  const because = tooMuch(document);
  if (because !== undefined) return { ok: false, errors: [because] };
  const valid = validatePolicy(document);
  const mistakes = valid.ok ? mistakesIn(valid.policy) : [];
  return mistakes.length === 0 ? valid : { ok: false, errors: mistakes };
}

/** Whether a document is a policy; a version 1 one is migrated in memory, and a note says so. So do warnings. */
export function validate(document: unknown, valid = look(document)): PolicyValidateReply {
  if (!valid.ok) return { ok: false, errors: valid.errors, version: 2, migrated: false, notes: [] };
  const { migrated, notes } = migratePolicy(valid.policy);
  // Only what is in force already has mistakes here.
  const warnings = [...mistakesIn(valid.policy), ...advisePolicy(valid.policy)].map(
    (warning) => `Warning: ${warning}`,
  );
  return { ok: true, errors: [], version: 2, migrated, notes: [...notes, ...warnings] };
}

/** The document as version 2. */
export function migrate(document: unknown): PolicyMigrateReply {
  const valid = look(document);
  if (!valid.ok) return { ok: false, version: 2, errors: valid.errors, notes: [] };
  const { policy, notes } = migratePolicy(valid.policy);
  return { ok: true, version: 2, policy: { ...effectivePolicy(policy) }, errors: [], notes };
}
