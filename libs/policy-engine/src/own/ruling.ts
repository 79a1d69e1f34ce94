import { showText, showValue } from '../condition/show.ts';
import { type Decision, deny, review } from '../decision.ts';
import type { Reached } from './own.ts';

const INSTEAD = 'what is to be looked at or changed there, a person does without the agent';

/** What is reached, where, and how to get on, in one sentence without a full stop. */
export function describeReached({ certain, what, at, value }: Reached): string {
  const where = at.length === 0 ? 'this call' : showText(at.join('.'));
  const shown = value === '' ? '' : ` (${showValue(value)})`;
  if (!certain && value === '') return `built-in own-mention: ${where} has ${what}`;
  if (!certain) return `built-in own-mention: ${where} has a long text that names ${what}${shown}`;
  return `built-in own-reach: ${where} reaches ${what}${shown}, which no rule and no approval opens; ${INSTEAD}`;
}

/** What becomes of a decision of the rules: what reaches is denied, and what only names is never allowed unseen. */
export function ruleOwnReach(decision: Decision, reached: Reached | undefined): Decision {
  if (reached === undefined) return decision;
  const reason = describeReached(reached);
  if (reached.certain) return { ...deny(reason), built_in: 'own-reach' };
  const reasons = [...decision.reasons, reason];
  return { ...decision, ...review(reason, decision.rule), reasons, built_in: 'own-mention' };
}
