import { expect, it } from 'vitest';
import { policyFacts } from './policy-facts.ts';

const facts = (...rules: object[]) => policyFacts({ policy: { version: 2, rules } });

it.each([
  [{ match: '*', decision: 'allow' }, false, false],
  [{ match: '*', decision: 'allow', principals: ['a'] }, true, false],
  [{ match: '*', decision: 'allow', when: { principal: { eq: 'a' } } }, true, true],
  [{ match: '*', decision: 'allow', when: { not: { 'client.name': { eq: 'a' } } } }, true, true],
  [{ match: '*', decision: 'allow', when: { 'args.path': { path_within: '/srv' } } }, false, true],
  [{ match: '*', decision: 'allow', amount: 'args.amount_cents' }, false, true],
  [{ match: '*', decision: 'allow', op: 'args.mode' }, false, true],
])('%j', (rule, looksAtCaller, looksAtArguments) => {
  expect(facts(rule)).toEqual({ looksAtCaller, looksAtArguments });
});

it.fails.each([
  [{ match: 'principal', decision: 'allow' }],
  [{ match: '*', decision: 'allow', servers: ['client'] }],
  [{ match: '*', decision: 'deny', ops: ['op'] }],
  [{ match: '*', decision: 'review', description: 'amount' }],
])('a word that is only written in a rule is no look at anything: %j', (rule) => {
  expect(facts(rule)).toEqual({ looksAtCaller: false, looksAtArguments: false });
});
