import { type GlobToken, parseGlob } from '../glob.ts';
import type { CharacterSet } from '../glob-set.ts';
import { setHolds } from '../glob-set.ts';
import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding } from './finding.ts';
import { couldBeDoor } from './names.ts';

/** So many rules above one are looked at: what is left out is a warning, and a long policy stays quick to check. */
const MOST_LOOKED_AT = 500;
const IS_FOR_ALL = /^\*+$/;

interface Looked {
  readonly rule: PolicyRule;
  readonly index: number;
  readonly tokens: readonly GlobToken[];
}

/** Rules that never decide, because one above them is for all of their calls. */
export function adviseOrder(rules: readonly PolicyRule[]): Finding[] {
  const above: Looked[] = [];
  return rules.flatMap((rule, index) => {
    const looked = { rule, index, tokens: parseGlob(rule.match) };
    const over = above.find((one) => isUnder(looked, one));
    if (over === undefined) {
      if (above.length < MOST_LOOKED_AT) above.push(looked);
      return [];
    }
    const { match, decision } = over.rule;
    const why = `rules.${over.index} ('${match}', ${decision}) is for each of its calls and stands above it`;
    return [doubt(['rules', index], `never decides, because ${why}: put it above that one`)];
  });
}

/** Whether each call of a rule is one of that other one's, as far as is plain to see. */
function isUnder(one: Looked, other: Looked): boolean {
  const { rule } = other;
  if (!isNarrower(one.rule, rule) || !coversGlob(other.tokens, one.tokens)) return false;
  // A resource has other spellings, by which only rules that deny are for it: such a rule may decide all the same.
  return rule.decision === 'deny' || IS_FOR_ALL.test(rule.match) || !couldBeDoor(one.tokens);
}

function isNarrower(one: PolicyRule, other: PolicyRule): boolean {
  const isSame = one.op === other.op && one.amount === other.amount;
  if (other.when !== undefined && !(isSame && JSON.stringify(one.when) === JSON.stringify(other.when)))
    return false;
  if (!isOfItsCurrencies(one, other)) return false;
  if (other.ops !== undefined && (one.op !== undefined || other.op !== undefined)) return false;
  return (['ops', 'servers', 'principals'] as const).every((key) => {
    const [list, wider] = [one[key], other[key]];
    // Each call has a caller, and not each one a server.
    if (key === 'principals' && wider?.some((glob) => IS_FOR_ALL.test(glob))) return true;
    return wider === undefined || (list?.every((name) => wider.includes(name)) ?? false);
  });
}

function isOfItsCurrencies(one: PolicyRule, { currency, currency_from }: PolicyRule): boolean {
  if (currency === undefined) return true;
  const codes = one.currency === undefined ? [] : [one.currency].flat();
  return (
    codes.length > 0 && one.currency_from === currency_from && codes.every((code) => currency.includes(code))
  );
}

/** Whether a glob matches whatever another one matches: it is matched against that one's steps. */
export function coversGlob(wide: readonly GlobToken[], narrow: readonly GlobToken[]): boolean {
  let [at, step, star, starAt] = [0, 0, -1, 0];
  while (at < narrow.length) {
    const [taking, taken] = [wide[step], narrow[at]];
    if (taking?.kind === 'star') {
      star = step++;
      starAt = at;
    } else if (taking !== undefined && taken !== undefined && takes(taking, taken)) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++starAt;
    } else return false;
  }
  return wide.slice(step).every(({ kind }) => kind === 'star');
}

/** Whether a step takes each character that the other one takes; a `*` is taken by a `*` alone. */
function takes(step: GlobToken, other: GlobToken): boolean {
  if (other.kind === 'star') return false;
  if (step.kind === 'any') return true;
  if (step.kind === 'literal') return other.kind === 'literal' && other.code === step.code;
  if (step.kind !== 'set' || other.kind === 'any') return false;
  return other.kind === 'literal' ? setHolds(step.set, other.code) : isSameSet(step.set, other.set);
}

const isSameSet = (one: CharacterSet, other: CharacterSet): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
