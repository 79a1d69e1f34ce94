import { parseField } from './condition/field.ts';
import { suggest } from './condition/suggest.ts';
import { PolicyRule, PolicyV1, PolicyV2 } from './schema.ts';

const KEYS = {
  1: Object.keys(PolicyV1.shape),
  2: Object.keys(PolicyV2.shape),
  rule: Object.keys(PolicyRule.shape),
} as const;

/** What others call the fields of a rule, in words too far from ours to be found by their letters. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  match: ['tool', 'tools', 'pattern', 'resource', 'prompt'],
  decision: ['action', 'effect', 'verdict', 'outcome', 'then'],
  principals: ['agent', 'agents', 'user', 'users', 'caller', 'callers', 'client', 'clients'],
  when: ['if', 'condition', 'conditions', 'where', 'args', 'arguments', 'params'],
  description: ['name', 'title', 'id', 'label'],
  reason: ['message', 'comment', 'because', 'note'],
  cap_cents: ['cap', 'limit', 'max_cents', 'max_amount'],
  ops: ['operation', 'operations'],
  currency: ['currency_code'],
  expires_in: ['timeout', 'ttl', 'expires', 'deadline'],
};

const meantBy = (word: string): string | undefined =>
  Object.entries(OTHER_WORDS).find(([, words]) => words.includes(word))?.[0];

/** What is said of a key that nothing has there: at the top of a policy of a version, or in a rule. */
export function unknownKey(key: string, place: keyof typeof KEYS): string {
  if (place === 'rule' && key.includes('.') && parseField(key).ok)
    return 'unknown field; it stands under when:';
  const meant = (place === 'rule' ? meantBy(key.toLowerCase()) : undefined) ?? suggest(key, KEYS[place]);
  return meant === undefined ? 'unknown field' : `unknown field; did you mean ${meant}?`;
}
