import { argumentWords } from '@aegis/contracts/grant-words';
import type { CallPattern } from '@aegis/contracts/grants';
import { money } from '../text/money.ts';

/** One condition of a pattern: of what, and what it has to be. */
export type Condition = { what: string; is: string };

/** What a pattern says of the call as a whole, in plain words. The tool comes first. */
export function callConditions({ tool, server, op, max_amount_cents, input }: CallPattern): Condition[] {
  return [
    { what: 'tool', is: tool },
    ...(server === undefined ? [] : [{ what: 'server', is: server }]),
    ...(op === undefined ? [] : [{ what: 'operation', is: op }]),
    {
      what: 'amount',
      is: max_amount_cents === undefined ? 'none' : `at most ${money(max_amount_cents)}`,
    },
    ...(input === undefined
      ? []
      : [{ what: 'sent besides the arguments', is: `exactly ${JSON.stringify(input)}` }]),
  ];
}

/** What a pattern says of each argument, in plain words. */
export const argumentConditions = ({ args = {} }: CallPattern): Condition[] =>
  Object.entries(args).map(([what, pattern]) => ({ what, is: argumentWords(what, pattern) }));
