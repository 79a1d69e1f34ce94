import { expect, it } from 'vitest';
import { validatePolicy } from './validate.ts';

const errorsOf = (document: unknown): string[] => {
  const checked = validatePolicy(document);
  return checked.ok ? [] : checked.errors;
};
const rule = { match: 'a', decision: 'deny' };

it.each([
  ['decison', 'did you mean decision?'],
  ['desicion', 'did you mean decision?'],
  ['Decision', 'did you mean decision?'],
  ['action', 'did you mean decision?'],
  ['tool', 'did you mean match?'],
  ['matches', 'did you mean match?'],
  ['approver', 'did you mean approvers?'],
  ['aprovers', 'did you mean approvers?'],
  ['principal', 'did you mean principals?'],
  ['agent', 'did you mean principals?'],
  ['server', 'did you mean servers?'],
  ['if', 'did you mean when?'],
  ['cap', 'did you mean cap_cents?'],
  ['expire_in', 'did you mean expires_in?'],
  ['name', 'did you mean description?'],
])('%s in a rule is told with the field that was meant', (key, meant) => {
  expect(errorsOf({ version: 2, rules: [{ ...rule, [key]: 'x' }] })).toEqual([
    `rules.0.${key}: unknown field; ${meant}`,
  ]);
});

it('says of an argument beside the fields of a rule where it stands', () => {
  expect(errorsOf({ version: 2, rules: [{ ...rule, 'args.path': '/srv' }] })).toEqual([
    'rules.0."args.path": unknown field; it stands under when:',
  ]);
});

it('guesses nothing from a word that is near to none, nor from one that no rule has', () => {
  expect(errorsOf({ version: 2, rules: [{ ...rule, colour: 'red', constructor: 1 }] })).toEqual([
    'rules.0.colour: unknown field',
    'rules.0.constructor: unknown field',
  ]);
  expect(errorsOf({ version: 2, rules: [], action: 'deny' })).toEqual(['action: unknown field']);
});

it.each([
  [{ version: 2, rules: [], time_zone: 'UTC' }, 'time_zone: unknown field; did you mean timezone?'],
  [{ version: 2, rule: [rule] }, 'rule: unknown field; did you mean rules?'],
  [{ denytools: ['a'] }, 'denytools: unknown field; did you mean deny_tools?'],
])('%j: so are the keys of a policy', (document, error) => {
  expect(errorsOf(document)).toContain(error);
});
