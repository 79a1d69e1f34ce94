import { createHash } from 'node:crypto';

/** A policy as it was written. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/**
 * By rule, a digest of everything down to it: the first match wins, so no later rule had a say. Only which rules name a
 * currency counts wherever they stand.
 */
export type PrefixDigests = readonly string[];

/**
 * Of a policy that is or was in force. All keys but `rules` stand before the first rule, also those that this version does
 * not know. A version 1 policy has no rules, and so no prefix: any change of it is a change for all.
 */
export function prefixDigests({ rules, ...head }: PolicyDocument): PrefixDigests {
  if (!Array.isArray(rules)) return [];
  const naming = rules.filter(namesCurrency).map(({ match, servers }) => [match, servers]);
  let digest = sha256(JSON.stringify(head) + (naming.length === 0 ? '' : JSON.stringify(naming)));
  return rules.map((rule: unknown) => {
    digest = sha256(`${digest}\0${JSON.stringify(rule)}`);
    return digest;
  });
}

const namesCurrency = (rule: unknown): rule is Record<string, unknown> =>
  typeof rule === 'object' && rule !== null && 'currency' in rule && (rule.currency ?? null) !== null;

/** Whether the rule that asked, and all before it, are the same in both: then both say the same of its call. */
export function asksTheSame(
  before: PrefixDigests,
  after: PrefixDigests,
  ruleIndex: number | undefined,
): boolean {
  if (ruleIndex === undefined) return false;
  const prefix = before[ruleIndex];
  return prefix !== undefined && prefix === after[ruleIndex];
}

/** A rule as it stands in its policy. */
export function ruleIn({ rules }: PolicyDocument, index: number): Record<string, unknown> | undefined {
  const rule: unknown = Array.isArray(rules) ? rules[index] : undefined;
  return typeof rule === 'object' && rule !== null ? (rule as Record<string, unknown>) : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
