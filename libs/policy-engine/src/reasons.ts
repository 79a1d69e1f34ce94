import type { CompiledRule } from './compile-rule.ts';
import type { Facts } from './condition/facts.ts';
import { showSome } from './condition/show.ts';

/** So many clauses tell why; a reason stays one readable line. */
const MOST = 4;

/** The end of a reason: the rule's own, and what its condition found. Empty where it has neither. */
export function becauseOf({ reason, condition }: CompiledRule, facts: Facts): string {
  const found = condition === undefined ? '' : explain(condition.explain(facts).because());
  if (reason === undefined) return found === '' ? '' : `: ${found}`;
  return found === '' ? `: ${reason}` : `: ${reason} (${found})`;
}

/** The same where the condition can't be evaluated. */
export function becauseUnknown({ reason, condition }: CompiledRule, facts: Facts): string {
  const found = `its condition can't be evaluated, because ${explain(condition?.explain(facts).because() ?? [])}`;
  return reason === undefined ? `: ${found}` : `: ${reason} (${found})`;
}

function explain(clauses: readonly string[]): string {
  return showSome([...new Set(clauses)], ' and ', MOST);
}
