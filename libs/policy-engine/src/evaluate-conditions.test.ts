import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import { compileRule } from './compile-rule.ts';
import { createClock } from './condition/clock.ts';
import type { Condition } from './condition/mapping.ts';
import type { PolicyCall } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { matchGlob, parseGlob } from './glob.ts';
import type { PolicyRule } from './schema.ts';
import { callsWithArguments, policiesWithConditions } from './testing/arbitraries.ts';

const MANY = { numRuns: 3000 };
const CLOCK = createClock('UTC');

function hits(globs: readonly string[] | undefined, name: string | undefined): boolean {
  return (
    globs === undefined || (name !== undefined && globs.some((glob) => matchGlob(parseGlob(glob), name)))
  );
}

/** What one rule makes of a call, without an index: it skips it, decides, or can't be sure. */
function look(rule: PolicyRule, call: PolicyCall): 'skips' | 'decides' | 'unsure' {
  if (!matchGlob(parseGlob(rule.match), call.tool)) return 'skips';
  if (!hits(rule.servers, call.server) || !hits(rule.principals, call.principal)) return 'skips';
  if (rule.ops && rule.op === undefined && !rule.ops.includes(call.op ?? '')) return 'skips';
  const { op, amount, condition } = compileRule(rule, CLOCK);
  const truth = condition?.test({ call, op, amount }) ?? 'holds';
  if (truth === 'fails') return 'skips';
  return truth === 'holds' ? 'decides' : 'unsure';
}

describe('rules with conditions', () => {
  it('are tried from the top down, and the first that is not skipped decides', () => {
    fc.assert(
      fc.property(policiesWithConditions, callsWithArguments, (policy, call) => {
        const looks = policy.rules.map((rule) => look(rule, call));
        const first = looks.findIndex((seen) => seen !== 'skips');
        const decision = evaluate(compilePolicy(policy), call);
        expect(decision.rule?.index ?? -1).toBe(first);
        const stated = policy.rules[first]?.decision ?? 'review';
        if (looks[first] === 'unsure') expect(decision.decision).toBe(stated === 'deny' ? 'deny' : 'review');
        else if (stated !== 'allow') expect(decision.decision).toBe(stated);
        expect(decision.reasons).toHaveLength(decision.allowed ? 0 : 1);
      }),
      MANY,
    );
  });

  it('never allow an amount over the cap, whatever the caller states', () => {
    fc.assert(
      fc.property(policiesWithConditions, callsWithArguments, (policy, call) => {
        const decision = evaluate(compilePolicy(policy), call);
        const rule = policy.rules[decision.rule?.index ?? -1];
        if (!decision.allowed || rule?.cap_cents === undefined) return;
        const amount = rule.amount === undefined ? call.amount_cents : call.args?.['x'];
        expect(amount).toBeLessThanOrEqual(rule.cap_cents);
        if (rule.amount !== undefined) expect(decision.amount_cents).toBe(amount);
      }),
      MANY,
    );
  });

  it('tell the op and amount that they took, and only those', () => {
    const rules: PolicyRule[] = [
      { match: 'a', decision: 'deny', op: 'args.mode', amount: 'args.cents' },
      { match: 'b', decision: 'allow' },
    ];
    const policy = compilePolicy({ version: 2, rules });
    const args = { mode: 'wipe', cents: 7 };
    const stated = { op: 'read', amount_cents: 1, args };
    expect(evaluate(policy, { tool: 'a', ...stated })).toMatchObject({ op: 'wipe', amount_cents: 7 });
    for (const call of [
      { tool: 'b', ...stated },
      { tool: 'a', op: 'read', amount_cents: 1 },
    ]) {
      const decision = evaluate(policy, call);
      expect([Object.hasOwn(decision, 'op'), Object.hasOwn(decision, 'amount_cents')]).toEqual([
        false,
        false,
      ]);
    }
  });

  it('look at each argument a few times only, however deep the condition is', () => {
    let condition: Condition = { 'args.x': 1 };
    for (let level = 0; level < 8; level++) condition = { not: { all: [condition] } };
    const rule: PolicyRule = { match: '*', decision: 'deny', when: condition };
    const policy = compilePolicy({ version: 2, rules: [rule] });
    let reads = 0;
    const args = {
      get x() {
        reads++;
        return 1;
      },
    };
    expect(evaluate(policy, { tool: 'x', args }).reasons).toEqual(["Rule 0 denies '*': args.x is 1"]);
    expect(reads).toBeLessThanOrEqual(2);
  });

  it('stay as they were compiled when the policy object is changed afterwards', () => {
    const roots = ['/srv'];
    const values = ['a'];
    const when = { 'args.path': { path_within: roots }, 'args.x': { in: values } };
    const servers = ['fs'];
    const compiled = compilePolicy({
      version: 2,
      rules: [
        { match: '*', decision: 'deny', when, servers },
        { match: '*', decision: 'allow' },
      ],
    });
    roots[0] = '/tmp';
    values[0] = 'b';
    servers[0] = 'db';
    const call = { tool: 'x', server: 'fs', args: { path: '/srv/x', x: 'a' } };
    expect(evaluate(compiled, call).decision).toBe('deny');
  });

  it('take a request of the wire as it is, with fields that they do not know', () => {
    const request = { tool: 'x', principal: 'key:a', via: 'wrap', on_record: true as const };
    const policy = compilePolicy({
      version: 2,
      rules: [{ match: '*', decision: 'allow', principals: ['key:*'] }],
    });
    expect(evaluate(policy, request).allowed).toBe(true);
  });

  it.each([{ server: 5 }, { principal: ['a'] }, { server: null }])('deny %j', (wrong) => {
    const call = { tool: 'x', ...wrong } as unknown as PolicyCall;
    const [field] = Object.keys(wrong);
    expect(evaluate(compilePolicy({}), call)).toMatchObject({
      decision: 'deny',
      reasons: [`${field}: expected text`],
    });
  });
});
