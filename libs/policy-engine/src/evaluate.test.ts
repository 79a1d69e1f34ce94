import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import type { PolicyCall } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { matchGlob, parseGlob } from './glob.ts';
import type { PolicyRule } from './schema.ts';
import { calls, policiesV1, policiesV2 } from './testing/arbitraries.ts';

const MANY = { numRuns: 3000 };

function covers(rule: PolicyRule, call: PolicyCall): boolean {
  const hasOp = rule.ops === undefined || (call.op !== undefined && rule.ops.includes(call.op));
  return hasOp && matchGlob(parseGlob(rule.match), call.tool);
}

describe('every decision', () => {
  it('allows only where it says allow, and gives a reason for everything else', () => {
    fc.assert(
      fc.property(fc.oneof(policiesV1, policiesV2), calls, (policy, call) => {
        const decision = evaluate(compilePolicy(policy), call);
        expect(decision.allowed).toBe(decision.decision === 'allow');
        expect(decision.approval_required).toBe(decision.decision === 'review');
        expect(decision.reasons).toHaveLength(decision.allowed ? 0 : 1);
      }),
      MANY,
    );
  });

  it.each([Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY, '1', null])(
    'with %s for an amount is a denial',
    (amount) => {
      const policy = compilePolicy({
        version: 2,
        rules: [{ match: '*', decision: 'allow', cap_cents: 5000 }],
      });
      expect(evaluate(policy, { tool: 'docs.read', amount_cents: amount as number })).toEqual({
        decision: 'deny',
        allowed: false,
        approval_required: false,
        reasons: ['amount_cents: expected an integer from 0 to 9007199254740991'],
      });
    },
  );

  it.each<unknown>([7, null, ['refund']])('with %j for an op is a denial', (op) => {
    const decision = evaluate(compilePolicy({}), { tool: 'docs.read', op: op as string });
    expect(decision).toMatchObject({ decision: 'deny', reasons: ['op: expected text'] });
  });

  it('stays as it was compiled when the policy object is changed afterwards', () => {
    const policy = { version: 2 as const, rules: [{ match: '*', decision: 'deny' as 'deny' | 'allow' }] };
    const compiled = compilePolicy(policy);
    for (const rule of policy.rules) rule.decision = 'allow';
    expect(evaluate(compiled, { tool: 'docs.read' }).decision).toBe('deny');
  });
});

describe('version 1', () => {
  it('denies what a deny pattern names, whatever else it says, and nothing else', () => {
    fc.assert(
      fc.property(policiesV1, calls, (policy, call) => {
        const isNamed = (policy.deny_tools ?? []).some((glob) => matchGlob(parseGlob(glob), call.tool));
        expect(evaluate(compilePolicy(policy), call).decision === 'deny').toBe(isNamed);
      }),
      MANY,
    );
  });
});

describe('version 2', () => {
  it('lets the first rule that covers the call decide', () => {
    fc.assert(
      fc.property(policiesV2, calls, (policy, call) => {
        const first = policy.rules.findIndex((rule) => covers(rule, call));
        const decision = evaluate(compilePolicy(policy), call);
        expect(decision.rule?.index ?? -1).toBe(first);
        const decided = policy.rules[first]?.decision ?? 'review';
        if (decided !== 'allow') expect(decision.decision).toBe(decided);
      }),
      MANY,
    );
  });

  it('allows no more to a call that leaves its amount out', () => {
    fc.assert(
      fc.property(policiesV2, calls, (policy, call) => {
        const compiled = compilePolicy(policy);
        const { amount_cents: _left, ...without } = call;
        if (evaluate(compiled, without).allowed) expect(evaluate(compiled, call).allowed).toBe(true);
      }),
      MANY,
    );
  });

  it('never allows an amount over the cap of the rule that decides', () => {
    fc.assert(
      fc.property(policiesV2, calls, (policy, call) => {
        const decision = evaluate(compilePolicy(policy), call);
        const cap = policy.rules[decision.rule?.index ?? -1]?.cap_cents;
        if (decision.allowed && cap !== undefined) expect(call.amount_cents).toBeLessThanOrEqual(cap);
      }),
      MANY,
    );
  });
});
