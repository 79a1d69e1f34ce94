import type { CompiledRule, CompiledV2 } from './compile.ts';
import { allow, type DecidingRule, type Decision, deny, type PolicyCall, review } from './decision.ts';

/** Version 2: rules from the top down, the first whose glob and `ops` match decides; none means review. */
export function evaluateV2(policy: CompiledV2, call: PolicyCall): Decision {
  for (const index of policy.index.matching(call.tool)) {
    const rule = policy.rules[index];
    if (rule === undefined || !covers(rule, call.op)) continue;
    return apply(rule, { index, match: rule.match }, call.amount_cents);
  }
  return review('No matching rule; default to review');
}

function covers(rule: CompiledRule, op: string | undefined): boolean {
  return rule.ops === undefined || (op !== undefined && rule.ops.has(op));
}

function apply(rule: CompiledRule, deciding: DecidingRule, amount: number | undefined): Decision {
  const because = rule.description === undefined ? '' : `: ${rule.description}`;
  if (rule.decision === 'allow') {
    const overCap = checkCap(rule, amount);
    return overCap === undefined ? allow(deciding) : review(overCap, deciding);
  }
  const { index, match } = deciding;
  return rule.decision === 'review'
    ? review(`Rule ${index} requires review of '${match}'${because}`, deciding)
    : deny(`Rule ${index} denies '${match}'${because}`, deciding);
}

/** A cap of 0 is a cap: only an amount of 0 is under it. */
function checkCap({ capCents, match }: CompiledRule, amount: number | undefined): string | undefined {
  if (capCents === undefined) return undefined;
  if (amount === undefined) return `Amount required for pattern '${match}' but not provided`;
  return amount > capCents ? `Amount ${amount} exceeds cap ${capCents} for pattern '${match}'` : undefined;
}
