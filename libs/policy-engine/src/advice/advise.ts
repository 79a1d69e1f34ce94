import type { z } from 'zod';
import { isMapping } from '../condition/mapping.ts';
import { firstOf } from '../first-of.ts';
import { type Policy, PolicyRule, PolicyV1 } from '../schema.ts';
import { adviseCondition } from './conditions.ts';
import { type Finding, type Path, showFinding } from './finding.ts';
import { adviseLooseTexts } from './loose-texts.ts';
import { adviseCurrencies, adviseCurrency } from './money.ts';
import { adviseMatch, advisePrincipal, adviseServer, adviseServers } from './names.ts';
import { adviseOrder } from './unreachable.ts';
import { adviseFields } from './unused.ts';

/**
 * What a valid policy says and nobody can mean: a rule that no call can meet, or a condition that nothing can be. A policy
 * that is in force goes on with it; a changed one is refused. Each names where it is, as an error does.
 */
export function mistakesIn(policy: Policy): string[] {
  const mistakes = findingsOf(policy).filter(({ isCertain }) => isCertain);
  return firstOf(mistakes.map(showFinding), 'errors');
}

/** The members of a document that are right in themselves, as they are read. */
function soundMembers({ shape }: z.ZodObject, document: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const read = Object.hasOwn(document, name)
        ? (schema as z.ZodType).safeParse(document[name])
        : undefined;
      return read?.success === true ? [[name, read.data]] : [];
    }),
  );
}

/** A rule of which some members are wrong: the others, beside what says nothing. */
function mistakesInRule(written: unknown, path: Path): Finding[] {
  if (!isMapping(written)) return [];
  const sound = soundMembers(PolicyRule, written);
  const found = adviseRule({ match: '*', decision: 'review', ...sound }, path);
  return found.filter(({ path: at }) => Object.hasOwn(sound, String(at[path.length])));
}

/**
 * The same of a document that is no policy, in each member of it that is right in itself: whoever mends it hears all at
 * once.
 */
export function mistakesInSound(document: Readonly<Record<string, unknown>>): string[] {
  const rules: readonly unknown[] = Array.isArray(document['rules']) ? document['rules'] : [];
  const found = [
    ...adviseV1(soundMembers(PolicyV1, document)),
    ...rules.flatMap((rule, at) => mistakesInRule(rule, ['rules', at])),
  ];
  return found.filter(({ isCertain }) => isCertain).map(showFinding);
}

/** What a valid policy says that its author may not mean: what looks so, is never reached, or lets more through. */
export function advisePolicy(policy: Policy): string[] {
  const doubts = findingsOf(policy).filter(({ isCertain }) => !isCertain);
  return firstOf(doubts.map(showFinding), 'warnings');
}

/** Both are asked of the same policy. */
const found = new WeakMap<Policy, readonly Finding[]>();

function findingsOf(policy: Policy): readonly Finding[] {
  const known = found.get(policy) ?? findIn(policy);
  found.set(policy, known);
  return known;
}

function findIn(policy: Policy): Finding[] {
  if (policy.version !== 2) return adviseV1(policy);
  const { rules } = policy;
  return [
    ...rules.flatMap((rule, at) => adviseRule(rule, ['rules', at])),
    ...adviseOrder(rules),
    ...adviseCurrencies(rules),
  ];
}

function adviseV1({ allow_tools = [], deny_tools = [] }: PolicyV1): Finding[] {
  return [
    ...allow_tools.flatMap((glob, at) => adviseMatch(glob, ['allow_tools', at])),
    ...deny_tools.flatMap((glob, at) => adviseMatch(glob, ['deny_tools', at])),
  ];
}

function adviseRule(rule: PolicyRule, path: Path): Finding[] {
  const { match, servers = [], principals = [], when } = rule;
  return [
    ...adviseMatch(match, [...path, 'match']),
    ...servers.flatMap((glob, at) => adviseServer(glob, [...path, 'servers', at])),
    ...adviseServers(rule, path),
    ...principals.flatMap((glob, at) => advisePrincipal(glob, [...path, 'principals', at])),
    ...(when === undefined ? [] : adviseCondition(when, [...path, 'when'], rule)),
    ...adviseFields(rule, path),
    ...adviseCurrency(rule, path),
    ...adviseLooseTexts(rule, path),
  ];
}
