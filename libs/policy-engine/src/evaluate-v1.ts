import type { CompiledPatterns, CompiledV1 } from './compile.ts';
import { showValue } from './condition/show.ts';
import { allow, type DecidingRule, type Decision, deny, type PolicyCall, review } from './decision.ts';
import type { DoorName } from './door.ts';

/** Version 1: a deny pattern blocks, what no allow pattern names is reviewed, then the cap of the op. */
export function evaluateV1(policy: CompiledV1, call: PolicyCall, door?: DoorName): Decision {
  const shown = door === undefined ? `Tool '${call.tool}'` : `Door ${showValue(door.name)}`;
  const denied = door === undefined ? firstMatch(policy.deny, call.tool) : deniedDoor(policy, door);
  if (denied) return deny(`${shown} matches deny pattern '${denied.match}'`, denied);
  const allowed = firstMatch(policy.allow, door?.name ?? call.tool);
  if (!allowed) return review(`${shown} is not in the allow list`);
  const overCap = checkCap(policy, call);
  return overCap === undefined ? allow(allowed) : review(overCap, allowed);
}

function firstMatch(list: CompiledPatterns, name: string): DecidingRule | undefined {
  return ruleAt(list, list.index.matching(name)[0]);
}

function deniedDoor({ deny: list, denyDoors }: CompiledV1, door: DoorName): DecidingRule | undefined {
  return ruleAt(list, denyDoors(door)[0]);
}

function ruleAt({ patterns }: CompiledPatterns, index: number | undefined): DecidingRule | undefined {
  return index === undefined ? undefined : { index, match: patterns[index] ?? '' };
}

/** Why the call is over its op's cap, or undefined. A cap of 0 is no cap. */
function checkCap(policy: CompiledV1, { op, amount_cents: amount }: PolicyCall): string | undefined {
  const isRefund = op === 'refund';
  if (!isRefund && op !== 'payment_link_create') return undefined;
  const cap = isRefund ? policy.maxRefundCents : policy.maxPaymentLinkCents;
  if (cap <= 0) return undefined;
  if (amount === undefined) return `Amount required for operation '${op}' but not provided`;
  if (amount <= cap) return undefined;
  const [what, key] = isRefund ? ['Refund', 'max_refund_cents'] : ['Payment link', 'max_payment_link_cents'];
  return `${what} amount ${amount} exceeds ${key} cap of ${cap}`;
}
