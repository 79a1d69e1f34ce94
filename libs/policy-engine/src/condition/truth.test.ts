import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allClause, anyClause, type Clause, notClause } from './clause.ts';
import type { Facts } from './facts.ts';
import { certainly, type Outlook, type Truth } from './truth.ts';

const TRUTHS = ['holds', 'fails', 'unknown'] as const;
const FACTS: Facts = { call: { tool: 'x' }, op: undefined, amount: undefined };

type Tree = Truth | { readonly join: 'all' | 'any' | 'not'; readonly parts: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Tree>(...TRUTHS),
    fc.record({
      join: fc.constantFrom('all' as const, 'any' as const),
      parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ join: fc.constant('not' as const), parts: fc.tuple(tie('tree')) }),
  ),
}));

function compile(node: Tree, leaf: (truth: Truth) => Clause): Clause {
  if (typeof node === 'string') return leaf(node);
  const parts = node.parts.map((part) => compile(part, leaf));
  if (node.join === 'all') return allClause(parts);
  return node.join === 'any' ? anyClause(parts) : notClause(parts[0] ?? leaf('unknown'));
}

function leafOf(truth: Truth, outlook: Outlook = certainly(truth)): Clause {
  return { test: () => truth, explain: () => ({ truth, because: () => [truth] }), foresee: () => outlook };
}

/** Each unknown is tried as yes and as no: what all ways agree on is known, the rest is not. */
function model(node: Tree): Truth {
  if (typeof node === 'string') return node;
  const order: readonly Truth[] = ['fails', 'unknown', 'holds'];
  const ranks = node.parts.map((part) => order.indexOf(model(part)));
  if (node.join === 'not') return order[2 - (ranks[0] ?? 0)] ?? 'unknown';
  return order[node.join === 'all' ? Math.min(...ranks) : Math.max(...ranks)] ?? 'unknown';
}

describe('joined conditions', () => {
  it('come to the least of all, the most of any, and the opposite of not', () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(compile(node, leafOf).test(FACTS)).toBe(model(node));
      }),
      { numRuns: 3000 },
    );
  });

  it('are explained by at least one part that could have come out otherwise', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const clause = compile(node, leafOf);
        const { truth, because } = clause.explain(FACTS);
        const found = because();
        expect(truth).toBe(clause.test(FACTS));
        expect(found.length).toBeGreaterThan(0);
        if (truth === 'unknown') expect(new Set(found)).toEqual(new Set(['unknown']));
      }),
      { numRuns: 2000 },
    );
  });

  it('foresee every truth that they can come to', () => {
    const outlook = fc.subarray([...TRUTHS], { minLength: 1 });
    const picks = fc.array(fc.tuple(outlook, fc.nat(2)), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(tree, picks, (node, choices) => {
        let at = 0;
        const clause = compile(node, () => {
          const [possible, pick] = choices[at++ % choices.length] ?? [['holds'], 0];
          const is = (truth: Truth) => possible.includes(truth);
          const foreseen = { holds: is('holds'), fails: is('fails'), unknown: is('unknown') };
          return leafOf((possible as Truth[])[pick % possible.length] ?? 'holds', foreseen);
        });
        expect(clause.foresee(FACTS)[clause.test(FACTS)]).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
