import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, looksAt } from './compile.ts';
import { couldPass } from './could-pass.ts';
import { evaluate } from './evaluate.ts';
import { OF_RULE, OF_V1, OF_V2 } from './looks-at.ts';
import { type Policy, PolicyRule, PolicyV1, PolicyV2 } from './schema.ts';
import { callsWithArguments, policiesV1, policiesWithConditions } from './testing/arbitraries.ts';
import { validatePolicy } from './validate.ts';

const looks = (...rules: object[]) => {
  const valid = validatePolicy({ version: 2, rules });
  if (!valid.ok) throw new Error(valid.errors.join());
  return looksAt(compilePolicy(valid.policy));
};

it.each([
  [{ match: '*', decision: 'allow' }, false, false],
  [{ match: '*', decision: 'allow', principals: ['a'] }, true, false],
  [{ match: '*', decision: 'allow', when: { principal: { eq: 'a' } } }, true, true],
  [{ match: '*', decision: 'allow', when: { not: { 'client.name': { eq: 'a' } } } }, true, true],
  [{ match: '*', decision: 'allow', when: { any: [{ all: [{ 'client.version': '1' }] }] } }, true, true],
  [{ match: '*', decision: 'allow', when: { principal: { exists: true } } }, true, true],
  [{ match: '*', decision: 'allow', when: { 'args.path': { path_within: '/srv' } } }, false, true],
  [{ match: '*', decision: 'allow', when: { 'args."a.b"': 1 } }, false, true],
  [{ match: '*', decision: 'allow', amount: 'args.amount_cents' }, false, true],
  [{ match: '*', decision: 'allow', op: 'args.mode' }, false, true],
  [{ match: '*', decision: 'allow', cap_cents: 5, currency: 'EUR' }, false, true],
])('%j', (rule, caller, args) => {
  expect(looks(rule)).toEqual({ caller, arguments: args });
  expect(looks({ match: 'x', decision: 'deny' }, rule)).toEqual({ caller, arguments: args });
});

it.each([
  [{ match: 'principal', decision: 'allow' }],
  [{ match: '*', decision: 'allow', servers: ['client'] }],
  [{ match: '*', decision: 'deny', ops: ['op'] }],
  [{ match: '*', decision: 'review', description: 'amount' }],
])('a word that is only written in a rule is no look at anything: %j', (rule) => {
  expect(looks(rule)).toEqual({ caller: false, arguments: false });
});

describe('every key says what it looks at', () => {
  it.each([
    ['a rule', PolicyRule.shape, OF_RULE],
    ['version 2', PolicyV2.shape, OF_V2],
    ['version 1', PolicyV1.shape, OF_V1],
  ])('of %s', (_, shape, table) => {
    expect(Object.keys(table).toSorted()).toEqual(Object.keys(shape).toSorted());
  });

  it('and one that does not could look at anything', () => {
    const unknown = { version: 2, rules: [{ match: '*', decision: 'allow', limits: {} }] };
    const anything = { caller: true, arguments: true };
    expect(looksAt(compilePolicy(unknown as unknown as Policy))).toEqual(anything);
    expect(looksAt(compilePolicy({ version: 2, rules: [], defaults: {} } as unknown as Policy))).toEqual(
      anything,
    );
  });
});

describe('what a policy does not look at makes no difference', () => {
  const policies = fc.oneof(policiesV1, policiesWithConditions);

  it('to a decision', () => {
    fc.assert(
      fc.property(policies, callsWithArguments, callsWithArguments, (policy, call, other) => {
        const compiled = compilePolicy(policy);
        const { caller, arguments: args } = looksAt(compiled);
        const { principal, client } = caller ? call : other;
        const changed = { ...call, principal, client, args: args ? call.args : other.args };
        expect(evaluate(compiled, changed)).toEqual(evaluate(compiled, call));
      }),
      { numRuns: 3000 },
    );
  });

  it('to a list', () => {
    fc.assert(
      fc.property(policies, callsWithArguments, callsWithArguments, (policy, call, other) => {
        const compiled = compilePolicy(policy);
        const { principal, client } = looksAt(compiled).caller ? call : other;
        expect(couldPass(compiled, { ...call, principal, client })).toBe(couldPass(compiled, call));
      }),
      { numRuns: 1000 },
    );
  });
});
