import type { Policy, PolicyV1, PolicyV2 } from './schema.ts';

/** Version 1 with each of its four keys present, and no `version`. */
export type EffectivePolicyV1 = Required<Omit<PolicyV1, 'version'>>;

/**
 * What a version 1 policy that says anything means where a key is missing: no caps (0), every tool allowed, none denied.
 * A new object on every call, so that nobody can change the defaults.
 */
export function defaultPolicy(): EffectivePolicyV1 {
  return { max_refund_cents: 0, max_payment_link_cents: 0, allow_tools: ['*'], deny_tools: [] };
}

/** What holds where nobody has written a policy yet: whoever wants more than being asked says so. */
export const FIRST_POLICY: PolicyV2 = {
  version: 2,
  rules: [{ match: '*', decision: 'review', description: 'no policy was written yet' }],
};

/** The policy that decides: version 2 as it is written, version 1 as its four keys with defaults filled in. */
export function effectivePolicy(policy: PolicyV1): EffectivePolicyV1;
export function effectivePolicy(policy: PolicyV2): PolicyV2;
export function effectivePolicy(policy: Policy): EffectivePolicyV1 | PolicyV2;
export function effectivePolicy(policy: Policy): EffectivePolicyV1 | PolicyV2 {
  if (policy.version === 2) return policy;
  const defaults = defaultPolicy();
  return {
    max_refund_cents: policy.max_refund_cents ?? defaults.max_refund_cents,
    max_payment_link_cents: policy.max_payment_link_cents ?? defaults.max_payment_link_cents,
    allow_tools: policy.allow_tools ?? defaults.allow_tools,
    deny_tools: policy.deny_tools ?? defaults.deny_tools,
  };
}
