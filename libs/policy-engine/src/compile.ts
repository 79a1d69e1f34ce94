import { compileRule } from './compile-rule.ts';
import { createClock, DEFAULT_TIMEZONE } from './condition/clock.ts';
import { createNaming } from './currencies.ts';
import { effectivePolicy } from './defaults.ts';
import { createDoorGlobs } from './door-globs.ts';
import { createGlobIndex, type GlobIndex } from './glob-index.ts';
import { type LooksAt, looksOfV1, looksOfV2 } from './looks-at.ts';
import type { Policy, PolicyV1, PolicyV2 } from './schema.ts';

/** A list of globs of which the first match counts. */
export interface CompiledPatterns {
  readonly patterns: readonly string[];
  readonly index: GlobIndex;
}

export type CompiledV1 = Readonly<ReturnType<typeof compileV1>>;
export type CompiledV2 = Readonly<ReturnType<typeof compileV2>>;

/** A policy made ready for many decisions. What is inside is for this package only. */
export type CompiledPolicy = CompiledV1 | CompiledV2;

/**
 * Takes a validated policy; later changes to that object change nothing here.
 * @throws TypeError for a condition that validation refuses
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  return policy.version === 2 ? compileV2(policy) : compileV1(policy);
}

/** What of a call this policy's answer may depend on; rather too much than too little. */
export function looksAt(policy: CompiledPolicy): LooksAt {
  return policy.looksAt;
}

function compilePatterns(patterns: readonly string[]): CompiledPatterns {
  return { patterns: [...patterns], index: createGlobIndex(patterns, () => true) };
}

function compileV1(policy: PolicyV1) {
  const effective = effectivePolicy(policy);
  return {
    version: 1 as const,
    deny: compilePatterns(effective.deny_tools),
    allow: compilePatterns(effective.allow_tools),
    denyDoors: createDoorGlobs([...effective.deny_tools]),
    maxRefundCents: effective.max_refund_cents,
    maxPaymentLinkCents: effective.max_payment_link_cents,
    looksAt: looksOfV1(policy),
  };
}

function compileV2(policy: PolicyV2) {
  const clock = createClock(policy.timezone ?? DEFAULT_TIMEZONE);
  const rules = policy.rules.map((rule) => compileRule(rule, clock));
  const patterns = rules.map(({ match }) => match);
  return {
    version: 2 as const,
    rules,
    index: createGlobIndex(patterns, (at) => rules[at]?.isForEveryCall === true),
    naming: createNaming(rules),
    /** Of the rules that deny or review. */
    strictDoors: createDoorGlobs(
      rules.map(({ match, decision }) => (decision === 'allow' ? undefined : match)),
    ),
    looksAt: looksOfV2(
      policy,
      rules.map((rule) => rule.looksAt),
    ),
  };
}
