import { compileRule } from '../compile-rule.ts';
import { createClock, DEFAULT_TIMEZONE } from '../condition/clock.ts';
import { parseGlob } from '../glob.ts';
import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding, mistake, type Path } from './finding.ts';
import { coversGlob } from './unreachable.ts';
import { someMeet } from './values.ts';

type Placed = { readonly rule: PolicyRule; readonly index: number };

/** So many rules are looked at: what is left out is a warning, and a long policy stays quick to check. */
const MOST_LOOKED_AT = 500;
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
/** The time zone changes nothing about what a rule says of amounts. */
const anyClock = createClock(DEFAULT_TIMEZONE);

const boundsAmount = (rule: PolicyRule): boolean => compileRule(rule, anyClock).boundsAmount;

/** What one rule says of currencies that no amount has, or that changes nothing. */
export function adviseCurrency(rule: PolicyRule, path: Path): Finding[] {
  const { currency, currency_from, decision } = rule;
  if (currency === undefined) {
    const changesNothing = 'changes nothing without currency: name the currencies of the rule';
    return currency_from === undefined ? [] : [doubt([...path, 'currency_from'], changesNothing)];
  }
  const at = [...path, 'currency'];
  const unknown = [currency].flat().flatMap((code, place): Finding[] => {
    const where = typeof currency === 'string' ? at : [...at, place];
    return CODES.has(code) ? [] : [mistake(where, `ISO 4217 has no currency ${code}`)];
  });
  if (decision !== 'allow' || boundsAmount(rule)) return unknown;
  return [...unknown, doubt(at, 'any amount in it is allowed: say how much, by cap_cents')];
}

/** What allow rules say of amounts where another rule names a currency for the same tools. */
export function adviseCurrencies(rules: readonly PolicyRule[]): Finding[] {
  const naming = rules
    .flatMap((rule, index): Placed[] => (rule.currency === undefined ? [] : [{ rule, index }]))
    .slice(0, MOST_LOOKED_AT);
  if (naming.length === 0) return [];
  const asking = rules.slice(0, MOST_LOOKED_AT).flatMap((rule, index) => {
    const named = rule.decision === 'allow' && rule.currency === undefined && boundsAmount(rule);
    const by = named ? naming.find((one) => areOfOneTool(one.rule, rule)) : undefined;
    if (by === undefined) return [];
    const why = `names no currency, and rules.${by.index} does for the same tools: so each amount goes to a person`;
    return [doubt(['rules', index], why)];
  });
  return [...asking, ...naming.flatMap((one) => adviseRest(rules, one))];
}

function areOfOneTool(one: PolicyRule, other: PolicyRule): boolean {
  const isOfOneServer =
    one.servers === undefined || other.servers === undefined || someMeet(one.servers, other.servers);
  return isOfOneServer && someMeet([one.match], [other.match]);
}

/** Where amounts in other currencies get to, where that is plain to see: the first rule that is for all of them. */
function adviseRest(rules: readonly PolicyRule[], { rule, index }: Placed): Finding[] {
  if (rule.decision !== 'allow' || !boundsAmount(rule)) return [];
  const tokens = parseGlob(rule.match);
  const next = rules.findIndex(
    (one, at) =>
      at > index &&
      at <= index + MOST_LOOKED_AT &&
      isForEveryCall(one) &&
      coversGlob(parseGlob(one.match), tokens),
  );
  const reached = rules[next];
  if (reached?.decision !== 'allow' || boundsAmount(reached)) return [];
  const why = `allows any amount in another currency than rules.${index} names: put a rule for '${rule.match}' with review between them`;
  return [doubt(['rules', next], why)];
}

const isForEveryCall = ({ ops, servers, principals, when, currency }: PolicyRule): boolean =>
  [ops, servers, principals, when, currency].every((narrowing) => narrowing === undefined);
