import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asksTheSame, type PolicyDocument, prefixDigests, ruleIn } from './prefix.ts';
import { PolicyRule, PolicyV2 } from './schema.ts';
import { policiesWithConditions } from './testing/arbitraries.ts';

const [deny, review, allow] = [
  { match: 'secrets.*', decision: 'deny' },
  { match: 'refunds.*', decision: 'review', quorum: 2 },
  { match: '*', decision: 'allow' },
];
const written = (rules: readonly unknown[], more: object = {}): PolicyDocument => ({
  version: 2,
  rules,
  ...more,
});
const policy = (...of: Parameters<typeof written>) => prefixDigests(written(...of));
const before = policy([deny, review, allow]);

describe('a policy that was changed says the same of a call', () => {
  it.each([
    ['a later rule is another one', policy([deny, review, { ...allow, decision: 'deny' }])],
    ['a later rule is gone', policy([deny, review])],
    ['a rule is added at the end', policy([deny, review, allow, deny])],
    ['a later rule has a currency that is null', policy([deny, review, { ...allow, currency: null }])],
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
    ['it has a key that nobody knows yet', policy([deny, review, allow], { defaults: {} })],
    ['a later rule names a currency', policy([deny, review, { ...allow, currency: 'EUR' }])],
    ['it is of version 1', prefixDigests({ allow_tools: ['*'] })],
    ['its rules are no list', prefixDigests({ version: 2, rules: { 0: deny, 1: review } })],
  ])('where %s', (_, after) => {
    expect(asksTheSame(before, after, 1)).toBe(false);
    expect(asksTheSame(after, before, 1)).toBe(false);
  });

  it('where no rule asked: then any rule that is added could have matched', () => {
    expect(asksTheSame(before, before, undefined)).toBe(false);
  });

  it.each(Object.keys(PolicyV2.shape).filter((key) => key !== 'rules'))(
    'where its %s is another one',
    (key) => {
      expect(asksTheSame(before, policy([deny, review, allow], { [key]: 'another' }), 0)).toBe(false);
    },
  );

  it.each(Object.keys(PolicyRule.shape))('where the %s of a rule is another one', (key) => {
    const after = policy([{ ...deny, [key]: 'another' }, review, allow]);
    expect([0, 1, 2].map((index) => asksTheSame(before, after, index))).toEqual([false, false, false]);
  });

  it('and says the same only down to the last rule that nobody touched', () => {
    fc.assert(
      fc.property(policiesWithConditions, policiesWithConditions, fc.nat(6), ({ rules }, other, keep) => {
        const after = [...rules.slice(0, keep), ...other.rules];
        const firstOther = after.findIndex((rule, at) => JSON.stringify(rule) !== JSON.stringify(rules[at]));
        const untouched = firstOther === -1 ? Math.min(after.length, rules.length) : firstOther;
        // Which rules name a currency counts for those above them, too.
        const [named, namedAfter] = [rules, after].map((all) =>
          all.flatMap(({ currency, match, servers }) => (currency ? [[match, servers]] : [])),
        );
        const same = JSON.stringify(named) === JSON.stringify(namedAfter) ? untouched : 0;
        const [one, two] = [policy(rules), policy(after)];
        for (let at = 0; at <= rules.length; at++) expect(asksTheSame(one, two, at)).toBe(at < same);
      }),
    );
  });
});

it('a rule is found by its number, as it stands in its policy', () => {
  const document = written([deny, review, allow]);
  expect(ruleIn(document, 1)).toEqual(review);
  expect(ruleIn(document, 3)).toBeUndefined();
  expect(ruleIn(written(['refunds.*']), 0)).toBeUndefined();
  expect(ruleIn({ version: 2, rules: { 0: deny } }, 0)).toBeUndefined();
});
