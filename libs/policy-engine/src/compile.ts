import { effectivePolicy } from './defaults.ts';
import { createGlobIndex, type GlobIndex } from './glob-index.ts';
import type { Policy, PolicyRule, PolicyV1, PolicyV2 } from './schema.ts';

/** A list of globs of which the first match counts. */
export interface CompiledPatterns {
  readonly patterns: readonly string[];
  readonly index: GlobIndex;
}

export interface CompiledV1 {
  readonly version: 1;
  readonly deny: CompiledPatterns;
  readonly allow: CompiledPatterns;
  readonly maxRefundCents: number;
  readonly maxPaymentLinkCents: number;
}

export interface CompiledRule {
  readonly match: string;
  readonly decision: PolicyRule['decision'];
  readonly capCents: number | undefined;
  readonly ops: ReadonlySet<string> | undefined;
  readonly description: string | undefined;
}

export interface CompiledV2 {
  readonly version: 2;
  readonly rules: readonly CompiledRule[];
  readonly index: GlobIndex;
}

/** A policy made ready for many decisions. What is inside is for `evaluate` only. */
export type CompiledPolicy = CompiledV1 | CompiledV2;

/** Takes a validated policy; later changes to that object change nothing here. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  return policy.version === 2 ? compileV2(policy) : compileV1(policy);
}

function compileV1(policy: PolicyV1): CompiledV1 {
  const effective = effectivePolicy(policy);
  return {
    version: 1,
    deny: compilePatterns(effective.deny_tools),
    allow: compilePatterns(effective.allow_tools),
    maxRefundCents: effective.max_refund_cents,
    maxPaymentLinkCents: effective.max_payment_link_cents,
  };
}

function compilePatterns(patterns: readonly string[]): CompiledPatterns {
  return { patterns: [...patterns], index: createGlobIndex(patterns, () => true) };
}

function compileV2(policy: PolicyV2): CompiledV2 {
  const rules = policy.rules.map(compileRule);
  const patterns = rules.map(({ match }) => match);
  return { version: 2, rules, index: createGlobIndex(patterns, (at) => rules[at]?.ops === undefined) };
}

function compileRule(rule: PolicyRule): CompiledRule {
  return {
    match: rule.match,
    decision: rule.decision,
    capCents: rule.cap_cents,
    ops: rule.ops && new Set(rule.ops),
    description: rule.description || undefined,
  };
}
