import type { CompiledPolicy } from './compile.ts';
import { isCents } from './condition/facts.ts';
import { type Decision, deny, type PolicyCall } from './decision.ts';
import { readDoor } from './door.ts';
import { evaluateV1 } from './evaluate-v1.ts';
import { evaluateV2 } from './evaluate-v2.ts';
import type { OwnReach } from './own/own.ts';
import { ruleOwnReach } from './own/ruling.ts';
import { EXPECTED_AMOUNT } from './schema.ts';
import { checkToolName } from './tool-name.ts';

/** What no rule opens, and all of the caller's request that it looks through: the call as rules see it where left out. */
export interface BuiltIn {
  readonly own: OwnReach;
  readonly request?: unknown;
}

/**
 * Decides one call. Never throws for a call: one that is not well-formed (a tool name outside the allowed characters,
 * an amount that is no whole number of cents, an op that is no text, a door that can be read in two ways) is denied, and
 * the reason says what was expected. With `builtIn`, a call that reaches the firewall's own is denied whatever the rules
 * say; without it nobody knows what is the firewall's own.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall, builtIn?: BuiltIn): Decision {
  const decision = byRules(policy, call);
  if (builtIn === undefined || decision.decision === 'deny') return decision;
  const { args, input, op, door } = call;
  try {
    return ruleOwnReach(decision, builtIn.own(builtIn.request ?? { args, input, op, door }));
  } catch {
    return UNREADABLE;
  }
}

// Arguments that are not plain data, such as an object whose properties throw when they are read.
const UNREADABLE = deny("The rules can't be applied to this call: its arguments can't be read");

function byRules(policy: CompiledPolicy, call: PolicyCall): Decision {
  const fault = checkToolName(call.tool) ?? checkAmount(call.amount_cents) ?? checkTexts(call);
  if (fault !== undefined) return deny(fault);
  const read = call.door === undefined ? undefined : readDoor(call.door);
  if (read?.ok === false) return deny(read.error);
  try {
    return policy.version === 2 ? evaluateV2(policy, call, read?.door) : evaluateV1(policy, call, read?.door);
  } catch {
    return UNREADABLE;
  }
}

/** NaN is over no cap and a negative amount under each, so neither may reach a comparison. */
function checkAmount(amount: number | undefined): string | undefined {
  if (amount === undefined || isCents(amount)) return undefined;
  return `amount_cents: ${EXPECTED_AMOUNT}`;
}

function checkTexts({ op, server, principal }: PolicyCall): string | undefined {
  if (!isTextOrNone(op)) return 'op: expected text';
  if (!isTextOrNone(server)) return 'server: expected text';
  return isTextOrNone(principal) ? undefined : 'principal: expected text';
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
