import type { PolicyPublished } from '@aegis/contracts/policy';

/** What a policy looks at, beyond the names of tools. */
export type PolicyFacts = {
  /** Its answer may be another one for another caller. */
  readonly looksAtCaller: boolean;
  readonly looksAtArguments: boolean;
};

const known = new WeakMap<object, PolicyFacts>();

const CALLER = /"(?:principals|principal|client(?:\.[a-z]+)?)"/;
const ARGUMENTS = /"(?:args(?:\.[^"]*)?|amount|op|when)"/;

/** Read from the written policy, and rather too often true than too seldom. */
export function policyFacts({ policy }: Pick<PolicyPublished, 'policy'>): PolicyFacts {
  const found = known.get(policy);
  if (found) return found;
  const text = JSON.stringify(policy);
  const facts = { looksAtCaller: CALLER.test(text), looksAtArguments: ARGUMENTS.test(text) };
  known.set(policy, facts);
  return facts;
}
