import { buildOperator } from './operators.ts';

/** Operators that say for themselves what a value must be, without a call around it. */
export type PlaceOperator = 'path_within' | 'url_within' | 'host_in' | 'email_domain_in' | 'starts_with';

export type PlaceTest =
  | { readonly ok: true; readonly covers: (value: unknown) => boolean }
  | { readonly ok: false; readonly error: string };

/** The same condition as in a rule, for one text: covered is only what it certainly holds for. */
export function placeTest(operator: PlaceOperator, operand: string): PlaceTest {
  const built = buildOperator(operator, operand, { text: 'a value', kind: 'anything', keys: undefined });
  if (!built.ok) return { ok: false, error: built.error };
  return { ok: true, covers: (value) => typeof value === 'string' && built.matcher.test(value) === 'holds' };
}
