import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import type { Decision } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { migratePolicy } from './migrate.ts';
import { calls, policiesV1 } from './testing/arbitraries.ts';
import { validatePolicy } from './validate.ts';

const STRICTNESS: Record<Decision['decision'], number> = { allow: 0, review: 1, deny: 2 };

describe('migration of version 1 to version 2', () => {
  it('writes deny rules, then allow rules, then review for the rest', () => {
    const { policy, migrated } = migratePolicy({
      max_refund_cents: 5000,
      max_payment_link_cents: 3000,
      allow_tools: ['payment_links*', 'refunds*'],
      deny_tools: ['db.*', '*.delete', 'db.*'],
    });
    expect(migrated).toBe(true);
    expect(policy).toEqual({
      version: 2,
      rules: [
        { match: 'db.*', decision: 'deny', reason: 'In the deny list' },
        { match: '*.delete', decision: 'deny', reason: 'In the deny list' },
        {
          match: 'refunds*',
          decision: 'allow',
          cap_cents: 5000,
          ops: ['refund'],
          reason: 'In the allow list',
        },
        { match: 'payment_links*', decision: 'allow', cap_cents: 3000, reason: 'In the allow list' },
        { match: '*', decision: 'review', reason: 'Not in the allow list' },
      ],
    });
  });

  it('gives each other pattern a rule for each capped op', () => {
    const { policy } = migratePolicy({
      max_refund_cents: 5,
      max_payment_link_cents: 6,
      allow_tools: ['docs.*'],
    });
    expect(policy.rules).toEqual([
      { match: 'docs.*', decision: 'allow', cap_cents: 5, ops: ['refund'], reason: 'In the allow list' },
      {
        match: 'docs.*',
        decision: 'allow',
        cap_cents: 6,
        ops: ['payment_link_create'],
        reason: 'In the allow list',
      },
      { match: 'docs.*', decision: 'allow', reason: 'In the allow list' },
      { match: '*', decision: 'review', reason: 'Not in the allow list' },
    ]);
  });

  it('writes no caps where version 1 had none', () => {
    expect(migratePolicy({}).policy.rules).toEqual([
      { match: '*', decision: 'allow', reason: 'In the allow list' },
      { match: '*', decision: 'review', reason: 'Not in the allow list' },
    ]);
  });

  it('keeps a refund without an op from slipping through a wider rule', () => {
    const { policy } = migratePolicy({ max_refund_cents: 5000, allow_tools: ['*', 'refunds*'] });
    const decide = (call: object) =>
      evaluate(compilePolicy(policy), { tool: 'refunds.create', ...call }).decision;
    expect(decide({ op: 'refund', amount_cents: 5000 })).toBe('allow');
    expect(decide({ amount_cents: 999_999 })).toBe('review');
  });

  it('gives as reasons of the rules why version 1 said so', () => {
    const { policy } = migratePolicy({
      max_refund_cents: 5,
      allow_tools: ['*', 'refunds*'],
      deny_tools: ['db.*'],
    });
    const compiled = compilePolicy(policy);
    expect(evaluate(compiled, { tool: 'db.drop' }).reasons).toEqual([
      "Rule 0 denies 'db.*': In the deny list",
    ]);
    expect(evaluate(compiled, { tool: 'refunds.make' }).reasons).toEqual([
      "Rule 2 requires review of 'refunds*': In the allow list for op 'refund' only",
    ]);
    expect(policy.rules.every(({ reason }) => reason !== undefined)).toBe(true);
  });

  it('says in words what is stricter', () => {
    const { notes } = migratePolicy({
      max_refund_cents: 5000,
      max_payment_link_cents: 20_000,
      allow_tools: ['refunds*', 'payment_links*', 'docs.*'],
    });
    expect(notes).toEqual([
      'Migrated from version 1 to version 2.',
      "Stricter: 'refunds*' is allowed for op 'refund' up to 5000 cents only. Version 1 also allowed calls with " +
        'another op, or with none, without that cap; now a person is asked.',
      "Stricter: 'payment_links*' is allowed for op 'refund' up to 5000 cents, for any other op or none up to " +
        "20000 cents, and needs an amount. Version 1 capped op 'refund' and 'payment_link_create' only.",
      "As in version 1, the cap for op 'refund' and 'payment_link_create' holds only for calls that name that op. " +
        'To cap a tool whatever the call says, give it a rule with cap_cents and without ops.',
    ]);
  });

  it.each([
    ['no refund cap', {}],
    ['a refund cap that is no lower', { max_refund_cents: 20_000 }],
  ])('says that one cap holds whatever the op where there is %s', (_, caps) => {
    const { notes } = migratePolicy({
      ...caps,
      max_payment_link_cents: 20_000,
      allow_tools: ['payment_links*'],
    });
    expect(notes[1]).toContain("'payment_links*' is allowed up to 20000 cents whatever the op");
  });

  it.each([['*'], ['same']])('says of nothing that it is allowed where %j is denied', (denied) => {
    const allow_tools = ['refunds*', 'payment_links*'];
    const deny_tools = denied === '*' ? ['*'] : allow_tools;
    const { notes } = migratePolicy({
      max_refund_cents: 5,
      max_payment_link_cents: 6,
      allow_tools,
      deny_tools,
    });
    expect(notes.join('\n')).not.toContain('is allowed');
  });

  it('leaves version 2 as it is', () => {
    const policy = { version: 2 as const, rules: [] };
    expect(migratePolicy(policy)).toEqual({ policy, migrated: false, notes: [] });
  });

  it('always gives a valid policy', () => {
    fc.assert(
      fc.property(policiesV1, (policy) => {
        expect(validatePolicy(migratePolicy(policy).policy)).toMatchObject({ ok: true, version: 2 });
      }),
    );
  });

  it('never decides a call more permissively, and denies the same calls', () => {
    fc.assert(
      fc.property(policiesV1, calls, (policy, call) => {
        const before = evaluate(compilePolicy(policy), call).decision;
        const after = evaluate(compilePolicy(migratePolicy(policy).policy), call).decision;
        expect(STRICTNESS[after]).toBeGreaterThanOrEqual(STRICTNESS[before]);
        expect(after === 'deny').toBe(before === 'deny');
      }),
      { numRuns: 10_000 },
    );
  });

  it('decides a call differently only where a note says Stricter', () => {
    fc.assert(
      fc.property(policiesV1, calls, (policy, call) => {
        const { policy: migrated, notes } = migratePolicy(policy);
        const before = evaluate(compilePolicy(policy), call).decision;
        const after = evaluate(compilePolicy(migrated), call).decision;
        const family = call.tool.startsWith('refunds') ? 'refunds' : 'payment_links';
        const isNoted = notes.some((note) => note.startsWith(`Stricter: '${family}`));
        if (!isNoted || !call.tool.startsWith(family)) expect(after).toBe(before);
      }),
      { numRuns: 10_000 },
    );
  });
});
