import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advisePolicy,
  compilePolicy,
  evaluate,
  mistakesIn,
  type Policy,
  type PolicyCall,
  type PolicyRule,
  type PolicyV2,
  validatePolicy,
} from './mod.ts';
import { CURRENCIES } from './testing/arbitraries.ts';

const check = (...rules: object[]) => validatePolicy({ version: 2, rules });
function policyOf(...rules: object[]): Policy {
  const checked = check(...rules);
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return checked.policy;
}
const euros = { match: 'pay.*', decision: 'allow', cap_cents: 5000, currency: 'EUR' };
const asks = { match: 'pay.*', decision: 'review' };

describe('what is no currency is told where it stands', () => {
  const expected = 'expected a currency of three capital letters such as EUR, or a list of them';
  it.each([['eur'], ['EURO'], [''], [978], [[]], [{ code: 'EUR' }], [true]])('%j', (currency) => {
    expect(check({ ...euros, currency })).toEqual({ ok: false, errors: [`rules.0.currency: ${expected}`] });
  });

  it('in a list, by its place', () => {
    const errors = [`rules.0.currency.1: ${expected}`];
    expect(check({ ...euros, currency: ['EUR', 'usd'] })).toEqual({ ok: false, errors });
  });

  it.each([['currency'], ['input.currency'], ['args'], [5]])('currency_from: %j', (currency_from) => {
    const errors = ['rules.0.currency_from: expected an argument such as args.currency'];
    expect(check({ ...euros, currency_from })).toEqual({ ok: false, errors });
  });

  it.each([
    ['EUX', 'rules.0.currency: ISO 4217 has no currency EUX'],
    [['EUR', 'BTC'], 'rules.0.currency.1: ISO 4217 has no currency BTC'],
  ])('%j has the look of one', (currency, mistake) => {
    expect(mistakesIn(policyOf({ ...euros, currency }, asks))).toEqual([mistake]);
  });
});

describe('what an author may not mean is warned of', () => {
  const bound = { match: 'pay.out', decision: 'allow', cap_cents: 5 };
  const noName = 'names no currency, and rules.0 does for the same tools: so each amount goes to a person';
  const rest =
    "allows any amount in another currency than rules.0 names: put a rule for 'pay.*' with review between them";
  it.each<[string, object[], string[]]>([
    [
      'a currency without an amount',
      [{ match: 'pay.*', decision: 'allow', currency: 'EUR' }, asks],
      ['rules.0.currency: any amount in it is allowed: say how much, by cap_cents'],
    ],
    [
      'a place without a currency',
      [{ match: 'pay.*', decision: 'allow', currency_from: 'args.c' }],
      ['rules.0.currency_from: changes nothing without currency: name the currencies of the rule'],
    ],
    ['a cap without a currency', [euros, bound, asks], [`rules.1: ${noName}`]],
    [
      'a condition without a currency',
      [euros, { match: '*', decision: 'allow', when: { amount_cents: { lt: 5 } } }, asks],
      [`rules.1: ${noName}`],
    ],
    ['other currencies that pass', [euros, { match: '*', decision: 'allow' }], [`rules.1: ${rest}`]],
    ['nothing where they ask', [euros, asks, { match: '*', decision: 'allow' }], []],
    ['nothing of other tools', [euros, { ...bound, match: 'buy.it' }, asks], []],
    [
      'nothing of other servers',
      [{ ...euros, match: '*', servers: ['pay'] }, { ...bound, match: '*', servers: ['buy'] }, asks],
      [],
    ],
    ['nothing of what denies or asks', [{ match: '*', decision: 'deny', currency: 'RUB' }, asks], []],
    [
      'nothing of an amount that a condition bounds',
      [
        {
          match: 'pay.*',
          decision: 'allow',
          currency: 'EUR',
          amount: 'args.n',
          when: { 'args.n': { lt: 5 } },
        },
        asks,
      ],
      [],
    ],
    ['nothing of one currency after the other', [euros, { ...euros, currency: ['EUR', 'CHF'] }, asks], []],
    [
      'a rule that is under one of its currency',
      [{ match: 'pay.*', decision: 'deny', currency: ['EUR', 'CHF'] }, euros, asks],
      [
        "rules.1: never decides, because rules.0 ('pay.*', deny) is for each of its calls and stands above it: put it above that one",
      ],
    ],
  ])('%s', (_, rules, warnings) => {
    expect(mistakesIn(policyOf(...rules))).toEqual([]);
    expect(advisePolicy(policyOf(...rules))).toEqual(warnings);
  });
});

const rules: fc.Arbitrary<PolicyRule> = fc.record(
  {
    match: fc.constantFrom('pay.out', 'pay.*', '*', 'buy.*'),
    decision: fc.constantFrom('allow', 'allow', 'review', 'deny'),
    cap_cents: fc.constantFrom(50, 100),
    ops: fc.constant<string[]>(['refund']),
    currency: fc.constantFrom<string | string[]>('EUR', ['EUR', 'CHF']),
    currency_from: fc.constant('args.money.code'),
  },
  { requiredKeys: ['match', 'decision'] },
);
const policies: fc.Arbitrary<PolicyV2> = fc.record({
  version: fc.constant(2),
  rules: fc.array(rules, { minLength: 1, maxLength: 4 }),
});
const currencies = fc.constantFrom('EUR', 'CHF', ...CURRENCIES);
const amounts: fc.Arbitrary<PolicyCall & { readonly args: Record<string, unknown> }> = fc.record({
  tool: fc.constant('pay.out'),
  op: fc.constantFrom(undefined, 'refund'),
  amount_cents: fc.constantFrom(undefined, 50, 51),
  args: fc.record({ currency: currencies, money: fc.record({ code: currencies }) }),
});

describe('an amount in a currency', () => {
  it('is allowed by a rule that names it, and by no bound that names none', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(policies, amounts, (policy, call) => {
        const { decision, rule, currency } = evaluate(compilePolicy(policy), call);
        const by = policy.rules[rule?.index ?? -1];
        if (decision !== 'allow' || by === undefined) return;
        if (by.currency !== undefined) {
          expect([by.currency].flat()).toContain(currency);
          const { money, currency: plain } = call.args;
          expect(currency).toBe(by.currency_from === undefined ? plain : (money as { code: unknown }).code);
        } else if (by.cap_cents !== undefined) {
          const naming = policy.rules.filter((one) => one.currency !== undefined);
          expect(naming.map(({ match }) => match).filter((match) => match !== 'buy.*')).toEqual([]);
        }
        seen.add(currency);
      }),
      { numRuns: 5000 },
    );
    expect(seen).toEqual(new Set(['CHF', 'EUR', undefined]));
  });

  it.each(CURRENCIES)('that reads as %j lets nothing pass but by its very name', (currency) => {
    const args = { currency };
    const say = (decision: string, more: object = {}) =>
      evaluate(compilePolicy(policyOf({ ...euros, decision, ...more }, { match: '*', decision: 'allow' })), {
        tool: 'pay.out',
        amount_cents: 1,
        args,
      }).decision;
    const isNamed = currency === 'EUR';
    const unread = currency === 'CHF' || currency === 'JPY' ? 'allow' : undefined;
    expect(say('allow')).toBe(isNamed ? 'allow' : (unread ?? 'review'));
    expect(say('review')).toBe(isNamed ? 'review' : (unread ?? 'review'));
    expect(say('deny')).toBe(isNamed ? 'deny' : (unread ?? 'deny'));
  });

  it('of a rule at the end makes no call pass that a rule above had stopped', () => {
    fc.assert(
      fc.property(policies, amounts, (policy, call) => {
        const last = { match: '*', decision: 'allow' as const, currency: 'EUR' };
        const before = evaluate(compilePolicy(policy), call);
        const after = evaluate(compilePolicy({ ...policy, rules: [...policy.rules, last] }), call);
        if (before.decision === 'deny') expect(after).toEqual(before);
        if (before.decision === 'review' && before.rule !== undefined) expect(after).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });
});
