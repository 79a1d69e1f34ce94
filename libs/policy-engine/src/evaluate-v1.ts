import type { CompiledPatterns, CompiledV1 } from './compile.ts';
import { allow, type DecidingRule, type Decision, deny, type PolicyCall, review } from './decision.ts';

/** Version 1: a deny pattern blocks, what no allow pattern names is reviewed, then the cap of the op. */
export function evaluateV1(policy: CompiledV1, call: PolicyCall): Decision {
  const denied = firstMatch(policy.deny, call.tool);
  if (denied) return deny(`Tool '${call.tool}' matches deny pattern '${denied.match}'`, denied);
  const allowed = firstMatch(policy.allow, call.tool);
  if (!allowed) return review(`Tool '${call.tool}' is not in the allow list`);
  const overCap = checkCap(policy, call);
  return overCap === undefined ? allow(allowed) : review(overCap, allowed);
}

function firstMatch(list: CompiledPatterns, tool: string): DecidingRule | undefined {
  const index = list.index.matching(tool)[0];
  return index === undefined ? undefined : { index, match: list.patterns[index] ?? '' };
}

/** Why the call is over its op's cap, or undefined. A cap of 0 is no cap. */
function checkCap(policy: CompiledV1, { op, amount_cents: amount }: PolicyCall): string | undefined {
  if (op === 'refund' && policy.maxRefundCents > 0) {
    if (amount === undefined) return `Amount required for operation '${op}' but not provided`;
    const cap = policy.maxRefundCents;
    return amount > cap ? `Refund amount ${amount} exceeds max_refund_cents cap of ${cap}` : undefined;
  }
  if (op === 'payment_link_create' && policy.maxPaymentLinkCents > 0) {
    if (amount === undefined) return `Amount required for operation '${op}' but not provided`;
    const cap = policy.maxPaymentLinkCents;
    return amount > cap
      ? `Payment link amount ${amount} exceeds max_payment_link_cents cap of ${cap}`
      : undefined;
  }
  return undefined;
}
