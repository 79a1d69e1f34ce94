import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import { parseDuration } from './duration.ts';
import { evaluate } from './evaluate.ts';
import type { PolicyRule, PolicyV2 } from './schema.ts';
import { termsOf } from './terms.ts';
import { callsWithArguments, policiesWithConditions } from './testing/arbitraries.ts';
import { validatePolicy } from './validate.ts';

const withoutTerms = ({ rules, ...policy }: PolicyV2): PolicyV2 => ({
  ...policy,
  rules: rules.map((rule): PolicyRule => {
    const { approvers: _a, quorum: _q, expires_in: _e, use_within: _u, require_reason: _r, ...rest } = rule;
    return rest;
  }),
});

describe('the terms of a rule', () => {
  it('come with what it decides unless it denies, and change nothing about what is decided', () => {
    fc.assert(
      fc.property(policiesWithConditions, callsWithArguments, (policy, call) => {
        const { terms, ...decision } = evaluate(compilePolicy(policy), call);
        expect(decision).toEqual(evaluate(compilePolicy(withoutTerms(policy)), call));
        const rule = policy.rules[decision.rule?.index ?? -1];
        expect(terms).toEqual(rule && decision.decision !== 'deny' ? termsOf(rule) : undefined);
      }),
      { numRuns: 3000 },
    );
  });

  it('stay as they were compiled when the policy object is changed afterwards', () => {
    const approvers = ['ada'];
    const compiled = compilePolicy({ version: 2, rules: [{ match: '*', decision: 'review', approvers }] });
    approvers.push('mallory');
    expect(evaluate(compiled, { tool: 'docs.read' }).terms).toEqual({ approvers: ['ada'] });
  });
});

describe('a duration', () => {
  it.each([
    ['1s', 1_000],
    ['90s', 90_000],
    ['5m', 300_000],
    ['36h', 129_600_000],
    ['30d', 2_592_000_000],
    ['2592000s', 2_592_000_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '0s',
    '05m',
    '1',
    '1 h',
    '1.5h',
    '-1h',
    '1H',
    '1w',
    '1h30m',
    '31d',
    '2592001s',
    '9999999d',
    '1h\n',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('a rule that says who decides', () => {
  const approver =
    'expected the name of an approver or of a role: 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter or a digit';
  const approvers = 'expected a list of 1 to 100 names of approvers or roles';
  const quorum = 'expected a whole number from 1 to 10';
  const duration = 'expected a duration from 1s to 30d, such as 90s, 5m, 1h or 2d';
  it.each<[object, string]>([
    [{ approvers: 'ada' }, `approvers: ${approvers}`],
    [{ approvers: [] }, `approvers: ${approvers}`],
    [{ approvers: Array.from({ length: 101 }, (_, i) => `a${i}`) }, `approvers: ${approvers}`],
    [{ approvers: ['ada', 'ada b'] }, `approvers.1: ${approver}`],
    [{ approvers: [''] }, `approvers.0: ${approver}`],
    [{ approvers: ['-ada'] }, `approvers.0: ${approver}`],
    [{ approvers: ['x'.repeat(65)] }, `approvers.0: ${approver}`],
    [{ approvers: [7] }, `approvers.0: ${approver}`],
    [{ quorum: 0 }, `quorum: ${quorum}`],
    [{ quorum: 11 }, `quorum: ${quorum}`],
    [{ quorum: 1.5 }, `quorum: ${quorum}`],
    [{ quorum: '2' }, `quorum: ${quorum}`],
    [{ expires_in: 3600 }, `expires_in: ${duration}`],
    [{ expires_in: '31d' }, `expires_in: ${duration}`],
    [{ use_within: '0s' }, `use_within: ${duration}`],
    [{ require_reason: 'yes' }, `require_reason: expected true or false`],
  ])('%j is refused by the name of its field', (fields, error) => {
    const rules = [{ match: '*', decision: 'review', ...fields }];
    expect(validatePolicy({ version: 2, rules })).toEqual({ ok: false, errors: [`rules.0.${error}`] });
  });

  it.each(['allow', 'review', 'deny'])('is taken as it is written beside %s', (decision) => {
    const names = ['x'.repeat(64), 'approval-code', 'A.b_c@d-e'];
    const full = { approvers: names, quorum: 10, expires_in: '30d', use_within: '1s', require_reason: false };
    const policy = { version: 2, rules: [{ match: '*', decision, ...full }] };
    expect(validatePolicy(policy)).toEqual({ ok: true, policy, version: 2 });
  });

  it('is no part of version 1', () => {
    expect(validatePolicy({ quorum: 2 })).toEqual({ ok: false, errors: ['quorum: unknown field'] });
  });
});
