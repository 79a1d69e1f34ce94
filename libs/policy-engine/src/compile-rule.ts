import { allClause, matchClause } from './condition/clause.ts';
import type { Clock } from './condition/clock.ts';
import { type BuiltCondition, buildCondition } from './condition/condition.ts';
import { oneOf, oneOfOperations } from './condition/equality.ts';
import { currencyReader, type Reader, readOp } from './condition/facts.ts';
import { type Field, parseField } from './condition/field.ts';
import type { Condition } from './condition/mapping.ts';
import { type GlobToken, matchGlob, parseGlob } from './glob.ts';
import { looksOfRule } from './looks-at.ts';
import type { PolicyRule } from './schema.ts';
import { termsOf } from './terms.ts';

/** Where the currency stands if the rule doesn't say. */
const CURRENCY_ARGUMENT = 'args.currency';

/** Whether some glob of a list matches; a call that has no such name is matched by none. */
export type NameTest = (name: string | undefined) => boolean;

export type CompiledRule = Readonly<ReturnType<typeof compileRule>>;

export function compileRule(rule: PolicyRule, clock: Clock) {
  const op = compileArgument(rule.op);
  const amount = compileArgument(rule.amount);
  const currency = compileCurrency(rule);
  const built = [...(currency === undefined ? [] : [currency.built]), ...compileConditions(rule, op, clock)];
  const condition = built.length === 0 ? undefined : allClause(built.map(({ clause }) => clause));
  const fields = built.flatMap((one) => one.fields);
  const isNarrowed = [rule.ops, rule.servers, rule.principals, condition].some((part) => part !== undefined);
  return {
    match: rule.match,
    decision: rule.decision,
    capCents: rule.cap_cents,
    /** Of the op that the caller states. Ops of an op from the arguments are part of the condition. */
    ops: rule.ops && op === undefined ? new Set(rule.ops) : undefined,
    servers: compileGlobs(rule.servers),
    principals: compileGlobs(rule.principals),
    op,
    amount,
    currency: currency && { codes: currency.codes, read: currency.read },
    /** Whether it says how much, by its cap or by a condition. */
    boundsAmount:
      rule.cap_cents !== undefined ||
      fields.some(({ text }) => text === 'amount_cents' || text === amount?.text),
    condition,
    /** Who decides about a call of this rule that goes to a person. */
    terms: termsOf(rule),
    /** Once the glob matches, so does the rule: none after it can matter. */
    isForEveryCall: !isNarrowed,
    reason: rule.reason || rule.description || undefined,
    looksAt: looksOfRule(rule, fields),
    /** The members of the input that its condition names, each by its keys from the outside in. */
    inputKeys: fields.flatMap(({ root, keys }) => (root === 'input' && keys !== undefined ? [keys] : [])),
  };
}

function compileGlobs(patterns: readonly string[] | undefined): NameTest | undefined {
  if (patterns === undefined) return undefined;
  const globs: readonly (readonly GlobToken[])[] = patterns.map(parseGlob);
  return (name) => name !== undefined && globs.some((glob) => matchGlob(glob, name));
}

type Argument = Field & { readonly keys: readonly string[] };

function compileArgument(text: string): Argument;
function compileArgument(text: string | undefined): Argument | undefined;
function compileArgument(text: string | undefined): Argument | undefined {
  if (text === undefined) return undefined;
  const parsed = parseField(text);
  if (!parsed.ok || parsed.field.keys === undefined) throw new TypeError('a policy that was not validated');
  return parsed.field as Argument;
}

type Built = Extract<BuiltCondition, { readonly ok: true }>;

/** An op that can't be taken is a condition that can't be evaluated, so ops of such an op stand with `when`. */
function compileConditions(rule: PolicyRule, op: Field | undefined, clock: Clock): Built[] {
  const { ops, when, decision } = rule;
  const built: Built[] = [];
  if (op !== undefined && ops !== undefined)
    built.push(decision === 'allow' ? compileOne({ op: { in: ops } }, clock) : compileOps(ops));
  if (when !== undefined) built.push(compileOne(when, clock));
  return built;
}

/** A call in another currency is not the rule's; one whose currency can't be read is a condition that can't be evaluated. */
function compileCurrency({
  currency,
  currency_from = CURRENCY_ARGUMENT,
}: PolicyRule): { readonly codes: string; readonly read: Reader; readonly built: Built } | undefined {
  if (currency === undefined) return undefined;
  const codes = typeof currency === 'string' ? [currency] : currency;
  const field = compileArgument(currency_from);
  const read = currencyReader(field);
  const clause = matchClause(field, read, oneOf(codes as [string, ...string[]]));
  return { codes: codes.join(' or '), read, built: { ok: true, clause, fields: [field] } };
}

/** For what stops a call, what only looks like one of its operations may be that one. */
function compileOps(ops: readonly string[]): Built {
  const field: Field = { text: 'op', kind: 'text', keys: undefined };
  const clause = matchClause(field, readOp, oneOfOperations(ops as [string, ...string[]]));
  return { ok: true, clause, fields: [field] };
}

function compileOne(condition: Condition, clock: Clock): Built {
  const built = buildCondition(condition, clock);
  if (!built.ok) throw new TypeError('a policy that was not validated');
  return built;
}
