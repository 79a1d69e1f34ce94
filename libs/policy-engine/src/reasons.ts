import type { CompiledRule } from './compile-rule.ts';
import type { Facts } from './condition/facts.ts';
import { showSome } from './condition/show.ts';

/** So many clauses tell why; a reason stays one readable line. */
const MOST = 4;

/** The end of a reason: the rule's description, and what its condition found. Empty where it has neither. */
export function becauseOf({ description, condition }: CompiledRule, facts: Facts): string {
  const found = condition === undefined ? '' : explain(condition.explain(facts).because());
  if (description === undefined) return found === '' ? '' : `: ${found}`;
  return found === '' ? `: ${description}` : `: ${description} (${found})`;
}

/** The same where the condition can't be evaluated. */
export function becauseUnknown({ description, condition }: CompiledRule, facts: Facts): string {
  const found = `its condition can't be evaluated, because ${explain(condition?.explain(facts).because() ?? [])}`;
  return description === undefined ? `: ${found}` : `: ${description} (${found})`;
}

function explain(clauses: readonly string[]): string {
  return showSome([...new Set(clauses)], ' and ', MOST);
}
