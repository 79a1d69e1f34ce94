import type { CompiledV2 } from './compile.ts';
import type { CompiledRule } from './compile-rule.ts';
import { type Facts, readAmount, readOp } from './condition/facts.ts';
import { allow, type DecidingRule, type Decision, deny, type PolicyCall, review } from './decision.ts';
import type { DoorName } from './door.ts';
import { becauseOf, becauseUnknown } from './reasons.ts';

const NO_RULE = 'No matching rule; default to review';

/** Version 2: rules from the top down, the first that is for the call decides; none means review. */
export function evaluateV2(policy: CompiledV2, call: PolicyCall, door?: DoorName): Decision {
  const decision =
    door === undefined
      ? (decide(policy, call, policy.index.matching(call.tool)) ?? review(NO_RULE))
      : evaluateDoor(policy, call, door);
  return decision.allowed ? askOfWhat(policy, call, door?.name ?? call.tool, decision) : decision;
}

/** An amount is bounded in one currency: a bound that names none asks, where the policy names one for this tool. */
function askOfWhat(policy: CompiledV2, call: PolicyCall, name: string, allowed: Decision): Decision {
  const { rule } = allowed;
  if (policy.naming === undefined || rule === undefined) return allowed;
  const by = policy.rules[rule.index];
  if (by === undefined || by.currency !== undefined || !by.boundsAmount) return allowed;
  const naming = policy.naming(name, call);
  if (naming === undefined) return allowed;
  const because = `Rule ${rule.index} can't allow '${rule.match}' without review: it bounds an amount and names no currency, and rule ${naming} names one`;
  return { ...allowed, ...review(because, rule) };
}

/**
 * A deny rule decides under any spelling of a door, in its turn. A review rule that is for another spelling only lets a
 * later rule deny, and no later rule allow: in either order the stricter of two ways to read the door counts.
 */
function evaluateDoor(policy: CompiledV2, call: PolicyCall, door: DoorName): Decision {
  const sure = new Set(policy.index.matching(door.name));
  const strict = policy.strictDoors(door);
  const denying = strict.filter((index) => sure.has(index) || policy.rules[index]?.decision === 'deny');
  const inOrder = [...new Set([...sure, ...denying])].toSorted((a, b) => a - b);
  const decision = decide(policy, call, inOrder) ?? review(NO_RULE);
  if (!decision.allowed) return decision;
  const until = decision.rule?.index ?? 0;
  const doubtful = strict.filter((index) => index < until && !sure.has(index));
  return decide(policy, call, doubtful) ?? decision;
}

/** The decision of the first of these rules that is for the call; undefined where none is. */
function decide(policy: CompiledV2, call: PolicyCall, indexes: readonly number[]): Decision | undefined {
  for (const index of indexes) {
    const rule = policy.rules[index];
    if (rule === undefined || !covers(rule, call)) continue;
    const facts: Facts = { call, op: rule.op, amount: rule.amount };
    const truth = rule.condition?.test(facts) ?? 'holds';
    if (truth === 'fails') continue;
    const deciding = { index, match: rule.match };
    const decision = truth === 'holds' ? apply(rule, deciding, facts) : applyUnsure(rule, deciding, facts);
    return withMore(decision, rule, facts);
  }
  return undefined;
}

/** Whether a rule is for a call, as far as nobody has to look into it. */
export function covers(rule: CompiledRule, { op, server, principal }: PolicyCall): boolean {
  if (rule.servers?.(server) === false || rule.principals?.(principal) === false) return false;
  return rule.ops === undefined || (op !== undefined && rule.ops.has(op));
}

function apply(rule: CompiledRule, deciding: DecidingRule, facts: Facts): Decision {
  if (rule.decision === 'allow') {
    const overCap = checkCap(rule, facts);
    return overCap === undefined ? allow(deciding) : review(overCap, deciding);
  }
  const because = becauseOf(rule, facts);
  const { index, match } = deciding;
  return rule.decision === 'review'
    ? review(`Rule ${index} requires review of '${match}'${because}`, deciding)
    : deny(`Rule ${index} denies '${match}'${because}`, deciding);
}

/** A condition that can't be evaluated never lets a call pass: a deny rule denies, the others ask a person. */
function applyUnsure(rule: CompiledRule, deciding: DecidingRule, facts: Facts): Decision {
  const because = becauseUnknown(rule, facts);
  const { index, match } = deciding;
  if (rule.decision === 'deny') return deny(`Rule ${index} denies '${match}'${because}`, deciding);
  if (rule.decision === 'review')
    return review(`Rule ${index} requires review of '${match}'${because}`, deciding);
  return review(`Rule ${index} can't allow '${match}' without review${because}`, deciding);
}

/** A cap of 0 is a cap: only an amount of 0 is under it. */
function checkCap({ capCents, match, currency }: CompiledRule, facts: Facts): string | undefined {
  if (capCents === undefined) return undefined;
  const amount = readAmount(facts);
  if (!amount.known) {
    if (facts.amount === undefined) return `Amount required for pattern '${match}' but not provided`;
    return `Amount required for pattern '${match}' but ${amount.because}`;
  }
  const cents = amount.value as number;
  if (cents <= capCents) return undefined;
  const read = currency?.read(facts);
  const of = read?.known ? ` ${String(read.value)}` : '';
  return `Amount ${cents}${of} exceeds cap ${capCents}${of} for pattern '${match}'`;
}

/** What the rule says beyond its decision; most rules say nothing, and cost nothing here. */
function withMore(decision: Decision, rule: CompiledRule, facts: Facts): Decision {
  const terms = decision.decision === 'deny' ? undefined : rule.terms;
  const takesArguments = [rule.op, rule.amount, rule.currency].some((taken) => taken !== undefined);
  if (terms === undefined && !takesArguments) return decision;
  return { ...decision, ...(takesArguments && takenBy(rule, facts)), ...(terms && { terms }) };
}

/** What the rule took from the arguments, so that what is recorded is what was judged. */
function takenBy(
  { op, amount, currency }: CompiledRule,
  facts: Facts,
): Pick<Decision, 'op' | 'amount_cents' | 'currency'> {
  const takenOp = op && readOp(facts);
  const takenAmount = amount && readAmount(facts);
  const takenCurrency = currency?.read(facts);
  return {
    ...(takenOp?.known && { op: takenOp.value as string }),
    ...(takenAmount?.known && { amount_cents: takenAmount.value as number }),
    ...(takenCurrency?.known && { currency: takenCurrency.value as string }),
  };
}
