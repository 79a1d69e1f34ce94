import type { Edited } from '@aegis/policy-engine';

/** The rule that asked does not ask any more under its own policy, by what is on record. */
const UNKNOWN =
  'whether its rule still asks about this call can not be told, for what it was asked under is not all on record';

/** What an edited policy says of a call, for people; undefined where the same rule still asks about it. */
export function becauseOfEdit(edited: Edited): string | undefined {
  if (edited.asks === 'the same') return undefined;
  if (edited.asks === 'unknown') return UNKNOWN;
  const { now, isItsRule } = edited;
  const [reason = ''] = now.reasons;
  if (now.decision === 'deny') return reason;
  const rule = now.rule && `rule ${now.rule.index} ('${now.rule.match}')`;
  if (now.decision === 'allow') return `${rule ?? 'the policy'} allows it`;
  if (isItsRule) return `its rule has changed: ${reason}`;
  return `${rule === undefined ? 'something else' : 'another rule'} asks: ${reason}`;
}
