import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../compile.ts';
import type { PolicyCall } from '../decision.ts';
import { evaluate } from '../evaluate.ts';
import type { Condition } from './mapping.ts';

function decide(when: Condition, args: unknown): string {
  const rules = [
    { match: '*', decision: 'deny' as const, when },
    { match: '*', decision: 'allow' as const },
  ];
  const call: PolicyCall = { tool: 'x.y', args: args as Record<string, unknown> };
  return evaluate(compilePolicy({ version: 2, rules }), call).decision;
}

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'name'];

describe('a key that only a prototype has', () => {
  it.each(INHERITED)('is missing: %s', (key) => {
    expect(decide({ [`args.${key}`]: { exists: true } }, {})).toBe('allow');
    expect(decide({ [`args.a.${key}`]: { exists: true } }, { a: {} })).toBe('allow');
    expect(decide({ [`args.${key}.name`]: { exists: true } }, {})).toBe('allow');
  });

  it('is there where the arguments have it themselves', () => {
    const args: unknown = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}');
    expect(decide({ 'args.__proto__.admin': true }, args)).toBe('deny');
    expect(decide({ 'args.admin': { exists: true } }, args)).toBe('allow');
    expect(decide({ 'args.constructor': 1 }, args)).toBe('deny');
  });

  it.each(['text', 5, true, null, ['a']])('can not be asked of %j', (a) => {
    for (const key of [...INHERITED, '0']) {
      expect(decide({ [`args.a.${key}`]: { exists: false } }, { a })).toBe('deny');
      expect(decide({ not: { [`args.a.${key}`]: { exists: false } } }, { a })).toBe('deny');
    }
  });
});

describe('arguments of every shape', () => {
  const operators = fc.constantFrom<Condition>(
    { eq: 1 },
    { ne: 'a' },
    { in: ['a', 'b'] },
    { lt: 5 },
    { gte: 0 },
    { starts_with: 'a' },
    { contains: 'ab' },
    { has: 1 },
    { glob: '*a*' },
    { length: { gte: 1 } },
    { path_within: '/a' },
    { exists: true },
  );

  it('never throw, and never pass a deny rule and its opposite both', () => {
    fc.assert(
      fc.property(operators, fc.anything(), fc.boolean(), (operator, value, isWhole) => {
        const args = isWhole ? value : { x: value };
        const straight = decide({ 'args.x': operator }, args);
        const turned = decide({ not: { 'args.x': operator } }, args);
        expect([straight, turned]).toContain('deny');
      }),
      { numRuns: 3000 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s is in no order', (x) => {
    for (const operator of [
      { eq: 0 },
      { ne: 0 },
      { in: [0] },
      { lt: 0 },
      { gte: 0 },
      { gt: 0 },
      { lte: 0 },
    ]) {
      expect(decide({ 'args.x': operator }, { x })).toBe('deny');
      expect(decide({ not: { 'args.x': operator } }, { x })).toBe('deny');
    }
  });

  it('that throw when they are read are denied', () => {
    const x = {
      get path(): string {
        throw new Error('no');
      },
    };
    expect(decide({ 'args.x.path': 'a' }, { x })).toBe('deny');
  });
});
