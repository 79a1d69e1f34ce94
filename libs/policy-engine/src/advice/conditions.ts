import { parseField } from '../condition/field.ts';
import { type Condition, isMapping } from '../condition/mapping.ts';
import { ONLY_ARGS } from '../condition/only-args.ts';
import { parseGlob } from '../glob.ts';
import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding, mistake, type Path } from './finding.ts';
import {
  couldBeDoor,
  couldBeOfServers,
  couldBePrincipal,
  EXPECTED_PRINCIPAL,
  EXPECTED_SERVER,
  NAMED_AFTER,
} from './names.ts';
import { neverHolds } from './never-holds.ts';
import { isInOddQuotes, remedyFor } from './remedy.ts';
import { matchesSome, SERVER_NAMES, TOOL_NAMES } from './satisfiable.ts';
import { globsOf, literally, type Said, saidOf, someMeet } from './values.ts';

/** All that one conjunction says of a field, and where it says so first. */
type OfField = { readonly path: Path; readonly said: Said[] };

/** What a condition says that no call can be, or that its author hardly means. */
export function adviseCondition(when: Condition, path: Path, rule: PolicyRule): Finding[] {
  const fields = new Map<string, OfField>();
  const apart: (readonly [Condition, Path])[] = [];
  gather(when, path, fields, apart);
  const only = fields.get(ONLY_ARGS);
  const found = [...fields].flatMap(([field, of]) => [
    ...(field === ONLY_ARGS ? [] : adviseField(field, of, rule)),
    ...adviseBeside(field, of, only),
  ]);
  return [...found, ...apart.flatMap(([part, at]) => adviseCondition(part, at, rule))];
}

/** What must hold together is gathered by field; each alternative, and what is negated, stands apart. */
function gather(
  condition: Condition,
  path: Path,
  fields: Map<string, OfField>,
  apart: (readonly [Condition, Path])[],
): void {
  for (const [key, value] of Object.entries(condition)) {
    const at = [...path, key];
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (key === 'all' || key === 'any' || key === 'not') {
      for (const [index, part] of parts.entries()) {
        const where = key === 'not' ? at : [...at, index];
        if (!isMapping(part)) continue;
        if (key === 'all') gather(part, where, fields, apart);
        else apart.push([part, where]);
      }
    } else {
      const known = fields.get(key) ?? { path: at, said: [] };
      known.said.push(...(key === ONLY_ARGS ? [['in', value] as const] : saidOf(value)));
      fields.set(key, known);
    }
  }
}

function adviseField(field: string, { path, said }: OfField, rule: PolicyRule): Finding[] {
  const never = neverHolds(field, said);
  if (never !== undefined) return [mistake(path, never)];
  const ignoresCase = said.some(([name, operand]) => name === 'ignore_case' && operand === true);
  const of = ignoresCase ? undefined : NAMED[field];
  const wrong = of && said.find((one) => !canBe(one, of.isPossible));
  if (of !== undefined && wrong !== undefined) {
    const isPattern = wrong[0] !== 'glob' && /[*?]/.test(JSON.stringify(wrong[1]));
    return [mistake(path, isPattern ? `${of.expected}; a pattern is compared by glob` : of.expected)];
  }
  if (!ignoresCase && said.some((one) => isLeftOut(field, globsOf(one), rule))) {
    const what = of === undefined ? field : 'name';
    return [mistake(path, `no call of this rule has this ${what}, so this never holds`)];
  }
  const isOfOthers = field === 'server' && said.some((one) => !couldBeOfServers(rule.match, globsOf(one)));
  const ofOthers = isOfOthers ? [doubt(path, `matches no tool of this server: ${NAMED_AFTER}`)] : [];
  return [...ofOthers, ...said.flatMap((one) => adviseText(one, path))];
}

interface Named {
  readonly expected: string;
  readonly isPossible: (glob: string) => boolean;
}

/** Fields whose values are names of a known form. */
const NAMED: Readonly<Record<string, Named>> = {
  principal: {
    expected: EXPECTED_PRINCIPAL,
    isPossible: (glob) => couldBePrincipal(parseGlob(glob)),
  },
  server: {
    expected: EXPECTED_SERVER,
    isPossible: (glob) => matchesSome(parseGlob(glob), SERVER_NAMES),
  },
  tool: {
    expected: 'no tool has this name: it has 1 to 256 characters of A-Z a-z 0-9 _ . : / -',
    isPossible: (glob) => matchesSome(parseGlob(glob), TOOL_NAMES),
  },
};

/** What a rule is for by its own fields, as globs; undefined where that is anything. */
function globsOfRule(field: string, rule: PolicyRule): readonly string[] | undefined {
  if (field === 'principal') return rule.principals;
  if (field === 'server') return rule.servers;
  if (field === 'op') return rule.op === undefined ? rule.ops?.map(literally) : undefined;
  return field === 'tool' && !couldBeDoor(parseGlob(rule.match)) ? [rule.match] : undefined;
}

/** Whether a rule is by its own fields for other names only than these. */
function isLeftOut(field: string, names: readonly string[] | undefined, rule: PolicyRule): boolean {
  if (names === undefined) return false;
  const globs = globsOfRule(field, rule);
  return globs !== undefined && !someMeet(names, globs);
}

/** Whether one of the names that an operator is for can be. */
function canBe([name, operand]: Said, isPossible: Named['isPossible']): boolean {
  if (name === 'in')
    return !Array.isArray(operand) || operand.every((one) => isPossible(literally(String(one))));
  if (typeof operand !== 'string') return true;
  if (name === 'eq' || name === 'ne') return isPossible(literally(operand));
  if (name === 'starts_with') return isPossible(`${literally(operand)}*`);
  return name !== 'glob' || isPossible(operand);
}

/** An argument that only_args leaves out can't be there. */
function adviseBeside(field: string, { path, said }: OfField, only: OfField | undefined): Finding[] {
  const names = only?.said[0]?.[1];
  const parsed = parseField(field);
  if (!Array.isArray(names) || !parsed.ok || parsed.field.root !== 'args') return [];
  const [key] = parsed.field.keys ?? [];
  const mayBeAbsent = said.every(([name, operand]) => name === 'exists' && operand === false);
  return mayBeAbsent || names.includes(key)
    ? []
    : [mistake(path, `only_args leaves this argument out, so this never holds: name it there, too`)];
}

const EXACT = new Set(['eq', 'ne', 'in', 'has']);
const AS_IT_IS = new Set([...EXACT, 'starts_with', 'ends_with', 'contains']);

function adviseText([name, operand]: Said, path: Path): Finding[] {
  const texts: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return texts.flatMap((text) => {
    if (typeof text !== 'string') return [];
    if (isInOddQuotes(text))
      return [doubt([...path, name], 'typographic quotes are part of the text: write \' or "')];
    if (EXACT.has(name) && /^\s|\s$/.test(text))
      return [doubt([...path, name], 'has a blank at its end, which counts')];
    if (name === 'path_within' && /[*?[{$]/.test(text))
      return [doubt([...path, name], 'is no pattern: it is a folder, with all that is below it')];
    if (name === 'url_within' && /[*[{$]/.test(text.replace(/^\w+:\/\/\[/, '')))
      return [doubt([...path, name], 'is no pattern: it is an address, with all that is below it')];
    if (AS_IT_IS.has(name) && /\w[./-]?\*$|^\*[./-]?\w/.test(text))
      return [doubt([...path, name], '* stands for itself here: a pattern is compared by glob')];
    const isOdd = name === 'glob' && /\{[^}]*,[^}]*\}|\||^[!^]|\$$|\\[.dws]/.test(text);
    const remedy = isOdd ? remedyFor(text) : undefined;
    return remedy === undefined ? [] : [doubt([...path, name], remedy)];
  });
}
