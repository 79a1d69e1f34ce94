import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyCall } from './decision.ts';
import { decideEdited, readyPolicy } from './edited.ts';
import { evaluate } from './evaluate.ts';
import { ruleDigest } from './rule-digest.ts';
import type { Policy, PolicyRule, PolicyV2 } from './schema.ts';
import { callsWithArguments, policiesWithConditions } from './testing/arbitraries.ts';

const SECRETS: PolicyRule = { match: 'secrets.*', decision: 'deny' };
const REFUNDS: PolicyRule = { match: 'refunds.*', decision: 'review', quorum: 2, description: 'Money' };
const LINKS: PolicyRule = { match: 'links.*', decision: 'allow', cap_cents: 100 };
const ALL: PolicyRule = { match: '*', decision: 'allow' };
const rules = (...of: PolicyRule[]): PolicyV2 => ({ version: 2, rules: of });

const REFUND: PolicyCall = { tool: 'refunds.create', args: { order: 1 } };
const LINK: PolicyCall = { tool: 'links.create', amount_cents: 101 };

const digest = (rule: object, more: object = {}) => ruleDigest({ version: 2, rules: [rule], ...more }, 0);

/** What the edit makes of a call that is asked about under the first policy. */
function edited(before: Policy, after: Policy, call: PolicyCall) {
  const [then, now] = [readyPolicy(before), readyPolicy(after)];
  return decideEdited(then, now, call, evaluate(then.compiled, call).rule?.index);
}
const BEFORE = rules(SECRETS, REFUNDS, LINKS);

describe('a call is asked the same after an edit', () => {
  it.each<[string, Policy, PolicyCall?]>([
    ['that adds an unrelated rule above', rules({ match: 'docs.*', decision: 'allow' }, ...BEFORE.rules)],
    ['that takes an unrelated rule away', rules(REFUNDS)],
    ['that moves its rule', rules(LINKS, REFUNDS, SECRETS)],
    [
      'that changes unrelated rules',
      rules({ ...SECRETS, match: 'keys.*' }, REFUNDS, { ...LINKS, cap_cents: 1 }),
    ],
    ['of the time zone, where its rule asks for no time', { ...BEFORE, timezone: 'Asia/Tokyo' }],
    ['that writes its rule in another order', rules(SECRETS, { quorum: 2, ...REFUNDS, ops: undefined })],
    [
      'that adds a condition above which does not hold',
      rules({ ...ALL, when: { 'args.order': 2 } }, REFUNDS),
    ],
    ['that leaves the cap that it is over', rules(LINKS, ALL), LINK],
    [
      'that adds a rule which is not for it, where none is',
      rules(SECRETS, LINKS, REFUNDS),
      { tool: 'crm.export' },
    ],
  ])('%s', (_, after, call = REFUND) => {
    expect(edited(BEFORE, after, call)).toEqual({ asks: 'the same' });
  });

  it('of a version 1 policy that leaves its cap, or the lists that it is not in', () => {
    const v1: Policy = { max_refund_cents: 100, allow_tools: ['refunds.*'] };
    const over = { tool: 'refunds.create', op: 'refund', amount_cents: 200 };
    const more: Policy = { ...v1, allow_tools: ['docs.*', 'refunds.*'], deny_tools: ['secrets.*'] };
    expect(edited(v1, more, over)).toEqual({ asks: 'the same' });
    expect(edited(v1, more, { tool: 'crm.export' })).toEqual({ asks: 'the same' });
    expect(edited(v1, { ...more, max_refund_cents: 150 }, over)).toMatchObject({ asks: 'otherwise' });
    const link = { tool: 'refunds.create', op: 'payment_link_create', amount_cents: 20_000_000 };
    expect(edited(v1, { ...more, max_payment_link_cents: 150 }, over)).toEqual({ asks: 'the same' });
    expect(edited(v1, { ...more, max_refund_cents: 150 }, link)).toEqual({ asks: 'the same' });
    expect(edited(v1, { ...more, max_payment_link_cents: 150 }, link)).toMatchObject({ asks: 'otherwise' });
    expect(edited(v1, { ...more, deny_tools: ['crm.*'] }, { tool: 'crm.export' })).toMatchObject({
      now: { decision: 'deny' },
    });
  });
});

describe('a call is asked otherwise after an edit', () => {
  it.each<[string, Policy, 'allow' | 'review' | 'deny', PolicyCall?]>([
    ['that denies it above', rules({ ...ALL, decision: 'deny' }, ...BEFORE.rules), 'deny'],
    ['that allows it above', rules(ALL, ...BEFORE.rules), 'allow'],
    ['by which another rule above asks', rules({ match: '*.create', decision: 'review' }, REFUNDS), 'review'],
    ['that takes its rule away', rules(SECRETS, LINKS), 'review'],
    ['that asks fewer people', rules(SECRETS, { ...REFUNDS, quorum: 1 }), 'review'],
    ['that says another reason', rules(SECRETS, { ...REFUNDS, description: 'Much money' }), 'review'],
    ['that gives it another deadline', rules(SECRETS, { ...REFUNDS, expires_in: '5m' }), 'review'],
    ['that raises the cap, but not enough', rules({ ...LINKS, cap_cents: 99 }), 'review', LINK],
    ['that raises the cap enough', rules({ ...LINKS, cap_cents: 101 }), 'allow', LINK],
    [
      'that adds a rule for it, where none was',
      rules({ match: 'crm.*', decision: 'review' }),
      'review',
      { tool: 'crm.export' },
    ],
    ['to version 1', { allow_tools: ['docs.*'] }, 'review', { tool: 'crm.export' }],
  ])('%s', (_, after, decision, call = REFUND) => {
    expect(edited(BEFORE, after, call)).toMatchObject({ asks: 'otherwise', now: { decision } });
  });

  it('of the time zone, where its rule asks for the time; and is decided as of when it was asked', () => {
    const night = rules({ match: '*', decision: 'review', when: { 'time.hour': { gte: 22 } } }, ALL);
    const at = new Date('2026-01-01T23:00:00Z');
    expect(edited(night, { ...night, timezone: 'Asia/Tokyo' }, { ...REFUND, at })).toMatchObject({
      now: { decision: 'allow' },
    });
    expect(edited(night, rules(...night.rules, SECRETS), { ...REFUND, at })).toEqual({ asks: 'the same' });
  });
});

it('what its own policy does not ask is not known to be asked', () => {
  const [then, now] = [readyPolicy(BEFORE), readyPolicy(rules(REFUNDS))];
  expect(decideEdited(then, now, REFUND, 2)).toEqual({ asks: 'unknown' });
});

it('what its own policy denies goes on under none, and what the policy says of it now is told', () => {
  const [then, now] = [readyPolicy(BEFORE), readyPolicy(rules(REFUNDS))];
  const secret = { tool: 'secrets.read' };
  expect(decideEdited(then, now, secret, 0)).toMatchObject({
    asks: 'otherwise',
    now: { decision: 'review' },
  });
  expect(decideEdited(then, then, secret, 0)).toMatchObject({ asks: 'otherwise', now: { decision: 'deny' } });
});

it('whatever the edit, what is asked the same is decided by a rule of the same content, and never denied', () => {
  fc.assert(
    fc.property(
      policiesWithConditions,
      policiesWithConditions,
      fc.nat(6),
      callsWithArguments,
      (one, other, keep, call) => {
        const after = {
          ...other,
          rules: [...other.rules.slice(0, 2), ...one.rules.slice(keep), ...other.rules],
        };
        const result = edited(one, after, call);
        const [then, now] = [readyPolicy(one), readyPolicy(after)];
        const [was, is] = [evaluate(then.compiled, call), evaluate(now.compiled, call)];
        if (was.decision === 'deny') {
          expect(result).toMatchObject({ asks: 'otherwise', now: { decision: is.decision } });
          return;
        }
        const isSame =
          ruleDigest(then.document, was.rule?.index) === ruleDigest(now.document, is.rule?.index) &&
          was.decision === is.decision;
        expect(result.asks).toBe(isSame ? 'the same' : 'otherwise');
        if (isSame) expect([is.terms, is.decision]).toEqual([was.terms, was.decision]);
      },
    ),
  );
});

describe('a rule is named by its content', () => {
  it('in any order of its keys, by either name of its reason, with null for nothing', () => {
    const same = [
      { decision: 'review', match: '*', description: 'Why' },
      { match: '*', decision: 'review', reason: 'Why', description: null, ops: null },
    ];
    expect(new Set(same.map((rule) => digest(rule))).size).toBe(1);
    expect(digest({ match: '*', decision: 'review', reason: '' })).toBe(
      digest({ match: '*', decision: 'review' }),
    );
  });

  it('with whatever a policy says that this version does not know', () => {
    expect(digest(ALL, { defaults: {} })).not.toBe(digest(ALL));
    expect(digest({ ...ALL, colour: 'red' })).not.toBe(digest(ALL));
  });

  it('and what is no rule has no name', () => {
    expect(ruleDigest({ version: 2, rules: [ALL] }, 1)).toBeUndefined();
    expect(ruleDigest({ version: 2, rules: 'none' }, 0)).toBeUndefined();
  });
});
