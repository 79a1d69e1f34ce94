import type { CompiledPolicy } from './compile.ts';
import { type Decision, deny, type PolicyCall } from './decision.ts';
import { evaluateV1 } from './evaluate-v1.ts';
import { evaluateV2 } from './evaluate-v2.ts';
import { EXPECTED_AMOUNT } from './schema.ts';
import { checkToolName } from './tool-name.ts';

/**
 * Decides one call. Never throws for a call: one that is not well-formed (a tool name outside the allowed characters,
 * an amount that is no whole number of cents, an op that is no text) is denied, and the reason says what was expected.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall): Decision {
  const fault = checkToolName(call.tool) ?? checkAmount(call.amount_cents) ?? checkOp(call.op);
  if (fault !== undefined) return deny(fault);
  return policy.version === 2 ? evaluateV2(policy, call) : evaluateV1(policy, call);
}

/** NaN is over no cap and a negative amount under each, so neither may reach a comparison. */
function checkAmount(amount: number | undefined): string | undefined {
  if (amount === undefined || (Number.isSafeInteger(amount) && amount >= 0)) return undefined;
  return `amount_cents: ${EXPECTED_AMOUNT}`;
}

function checkOp(op: string | undefined): string | undefined {
  return op === undefined || typeof op === 'string' ? undefined : 'op: expected text';
}
