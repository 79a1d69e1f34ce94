import type { Clause } from './clause.ts';
import type { Facts } from './facts.ts';
import { showSome, showText } from './show.ts';
import { ANYTHING, truthOf } from './truth.ts';

/** Stands where a field does, and is about all arguments together. */
export const ONLY_ARGS = 'only_args';

/** Whether a call has no other arguments than these; it need not have them. */
export function onlyArgsClause(names: readonly string[]): Clause {
  const known = new Set(names);
  const othersIn = ({ call }: Facts): string[] =>
    Object.keys(call.args ?? {}).filter((name) => !known.has(name));
  const test: Clause['test'] = (facts) => truthOf(othersIn(facts).length === 0);
  const only =
    names.length === 0 ? 'no arguments' : `no arguments but ${showSome(names.map(showText), ', ')}`;
  return {
    test,
    explain: (facts) => {
      const others = othersIn(facts).map((name) => `'${showText(name)}'`);
      const because = others.length === 0 ? `there are ${only}` : `args has ${showSome(others, ', ')}`;
      return { truth: test(facts), because: () => [because] };
    },
    foresee: () => ANYTHING,
  };
}
