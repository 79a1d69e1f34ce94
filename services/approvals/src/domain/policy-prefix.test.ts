import { describe, expect, it } from 'vitest';
import { asksTheSame, prefixesOf, ruleIn } from './policy-prefix.ts';

const [deny, review, allow] = [
  { match: 'secrets.*', decision: 'deny' },
  { match: 'refunds.*', decision: 'review', quorum: 2 },
  { match: '*', decision: 'allow' },
];
const policy = (rules: readonly unknown[], more: object = {}) =>
  prefixesOf({ policy: { version: 2, rules, ...more } });
const before = policy([deny, review, allow]);

describe('a policy that was changed says the same of a call', () => {
  it.each([
    ['a later rule is another one', policy([deny, review, { ...allow, decision: 'deny' }])],
    ['a later rule is gone', policy([deny, review])],
    ['a rule is added at the end', policy([deny, review, allow, deny])],
  ])('where %s', (_, after) => {
    expect(asksTheSame(before, after, 1)).toBe(true);
    expect(asksTheSame(after, before, 1)).toBe(true);
  });
});

describe('a policy that was changed may say something else', () => {
  it.each([
    ['the rule is another one', policy([deny, { ...review, quorum: 1 }, allow])],
    ['a rule before it is another one', policy([{ ...deny, match: 'refunds.*' }, review, allow])],
    ['a rule is added before it', policy([allow, deny, review])],
    ['a rule before it is gone', policy([review, allow])],
    ['the order before it is another one', policy([review, deny, allow])],
    ['the rule is gone', policy([deny])],
    ['it counts hours elsewhere', policy([deny, review, allow], { timezone: 'Asia/Tokyo' })],
    ['it is of version 1', prefixesOf({ policy: { allow_tools: ['*'] } })],
    ['its rules are no list', prefixesOf({ policy: { version: 2, rules: { 0: deny, 1: review } } })],
  ])('where %s', (_, after) => {
    expect(asksTheSame(before, after, 1)).toBe(false);
    expect(asksTheSame(after, before, 1)).toBe(false);
  });

  it.fails('where it has a key that nobody knows yet', () => {
    const after = policy([deny, review, allow], { defaults: { decision: 'allow' } });
    expect(asksTheSame(before, after, 1)).toBe(false);
  });

  it('where no rule asked: then any rule that is added could have matched', () => {
    expect(asksTheSame(before, before, undefined)).toBe(false);
  });
});

it('a rule is found by its number, as it stands in its policy', () => {
  expect(ruleIn(before, 1)).toEqual(review);
  expect(ruleIn(before, 3)).toBeUndefined();
  expect(ruleIn(policy(['refunds.*']), 0)).toBeUndefined();
});
