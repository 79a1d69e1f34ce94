import { type CompiledPolicy, compilePolicy } from './compile.ts';
import type { Decision, PolicyCall } from './decision.ts';
import { effectivePolicy } from './defaults.ts';
import { evaluate } from './evaluate.ts';
import type { PolicyDocument } from './prefix.ts';
import { ruleDigest } from './rule-digest.ts';
import type { Policy } from './schema.ts';

/** A policy made ready to be compared with another one. */
export interface ReadyPolicy {
  readonly document: PolicyDocument;
  readonly compiled: CompiledPolicy;
}

export const readyPolicy = (policy: Policy): ReadyPolicy => ({
  document: { ...effectivePolicy(policy) },
  compiled: compilePolicy(policy),
});

/** What an edit of the policy means for a call that somebody is asked about. */
export type Edited =
  /** The same rule asks, by its content; where it stands does not matter. */
  | { readonly asks: 'the same' }
  /** The policy says something else of it by now. */
  | { readonly asks: 'otherwise'; readonly now: Decision; readonly isItsRule: boolean }
  /** The earlier policy does not say what it said then: something of the call is not on record. */
  | { readonly asks: 'unknown' };

/**
 * Decides a call under the policy that it was asked under and under another one, both as of when it was asked, so that the
 * edit alone can make a difference and not the time of day. `ruleIndex` is the rule that asked then. What is built in is no
 * part of either policy and stays as it was.
 */
export function decideEdited(
  before: ReadyPolicy,
  after: ReadyPolicy,
  call: PolicyCall,
  ruleIndex: number | undefined,
): Edited {
  const then = evaluate(before.compiled, call);
  if (then.rule?.index !== ruleIndex) return { asks: 'unknown' };
  const now = evaluate(after.compiled, call);
  const digest = ruleDigest(before.document, ruleIndex, call.op);
  const isSame = digest !== undefined && digest === ruleDigest(after.document, now.rule?.index, call.op);
  // What was denied asked nobody, so nothing of it goes on, though an agent could have a person asked.
  const asked = then.decision !== 'deny';
  if (asked && isSame && now.decision === then.decision) return { asks: 'the same' };
  return { asks: 'otherwise', now, isItsRule: now.rule?.match === then.rule?.match };
}
