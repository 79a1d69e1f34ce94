import type { CompiledRule } from './compile-rule.ts';
import type { PolicyCall } from './decision.ts';
import { createGlobIndex } from './glob-index.ts';

/** The first rule, by its place, that names a currency for a tool or a door of this name; undefined where none does. */
export type Naming = (name: string, call: Pick<PolicyCall, 'server'>) => number | undefined;

/** A policy that names no currency has nothing to ask, and means what it always meant. */
export function createNaming(rules: readonly CompiledRule[]): Naming | undefined {
  const naming = rules.flatMap(({ match, servers, currency }, place) =>
    currency === undefined ? [] : [{ match, servers, place }],
  );
  if (naming.length === 0) return undefined;
  const index = createGlobIndex(
    naming.map(({ match }) => match),
    () => false,
  );
  return (name, { server }) =>
    index.matching(name).flatMap((at) => {
      const rule = naming[at];
      return rule === undefined || rule.servers?.(server) === false ? [] : [rule.place];
    })[0];
}
