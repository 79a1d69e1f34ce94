import { createHash } from 'node:crypto';
import type { PolicyPublished } from '@aegis/contracts/policy';

/** What a policy says, as far as an approval is concerned. */
export type PolicyPrefixes = {
  readonly document: PolicyPublished['policy'];
  /** By rule, a digest of everything down to it: the first match wins, so no later rule had a say. */
  readonly prefixes: readonly string[];
};

const rulesOf = (document: PolicyPublished['policy']): unknown[] =>
  Array.isArray(document['rules']) ? (document['rules'] as unknown[]) : [];

/** A version 1 policy has no rules: any change of it is a change for all. */
export function prefixesOf({ policy: document }: Pick<PolicyPublished, 'policy'>): PolicyPrefixes {
  let digest = createHash('sha256')
    .update(JSON.stringify(document['timezone'] ?? null))
    .digest('hex');
  const prefixes = rulesOf(document).map((rule) => {
    digest = createHash('sha256')
      .update(`${digest}\0${JSON.stringify(rule)}`)
      .digest('hex');
    return digest;
  });
  return { document, prefixes };
}

/** Whether the rule that asked, and all before it, are the same in both: then both say the same of its call. */
export function asksTheSame(
  before: PolicyPrefixes,
  after: PolicyPrefixes,
  ruleIndex: number | undefined,
): boolean {
  if (ruleIndex === undefined) return false;
  const prefix = before.prefixes[ruleIndex];
  return prefix !== undefined && prefix === after.prefixes[ruleIndex];
}

/** A rule as it stands in its policy. */
export function ruleIn({ document }: PolicyPrefixes, index: number): Record<string, unknown> | undefined {
  const rule = rulesOf(document)[index];
  return typeof rule === 'object' && rule !== null ? (rule as Record<string, unknown>) : undefined;
}
