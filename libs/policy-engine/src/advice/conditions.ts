import { parseField } from '../condition/field.ts';
import { type Condition, isMapping } from '../condition/mapping.ts';
import { ONLY_ARGS } from '../condition/only-args.ts';
import { matchGlob, parseGlob } from '../glob.ts';
import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding, mistake, type Path } from './finding.ts';
import { couldBeDoor, couldBePrincipal, EXPECTED_PRINCIPAL, EXPECTED_SERVER } from './names.ts';
import { neverHolds } from './never-holds.ts';
import { isInOddQuotes, remedyFor } from './remedy.ts';
import { matchesSome, SERVER_NAMES, TOOL_NAMES } from './satisfiable.ts';
import { type Said, saidOf, valuesOf } from './values.ts';

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
  const of = said.some(([name, operand]) => name === 'ignore_case' && operand === true)
    ? undefined
    : NAMED[field];
  const wrong = of && said.find((one) => !canBe(one, of.isPossible));
  if (of !== undefined && wrong !== undefined) {
    const isPattern = wrong[0] !== 'glob' && /[*?]/.test(JSON.stringify(wrong[1]));
    return [mistake(path, isPattern ? `${of.expected}; a pattern is compared by glob` : of.expected)];
  }
  const values = of && valuesOf(said);
  if (values?.every((value) => of?.isLeftOut(String(value), rule)))
    return [mistake(path, 'no call of this rule has this name, so this never holds')];
  return said.flatMap((one) => adviseText(one, path));
}

interface Named {
  readonly expected: string;
  readonly isPossible: (glob: string) => boolean;
  /** Whether the rule itself is for other names only. */
  readonly isLeftOut: (name: string, rule: PolicyRule) => boolean;
}

/** Fields whose values are names of a known form. */
const NAMED: Readonly<Record<string, Named>> = {
  principal: {
    expected: EXPECTED_PRINCIPAL,
    isPossible: (glob) => couldBePrincipal(parseGlob(glob)),
    isLeftOut: (name, { principals }) => isNone(principals, name),
  },
  server: {
    expected: EXPECTED_SERVER,
    isPossible: (glob) => matchesSome(parseGlob(glob), SERVER_NAMES),
    isLeftOut: (name, { servers }) => isNone(servers, name),
  },
  tool: {
    expected: 'no tool has this name: it has 1 to 256 characters of A-Z a-z 0-9 _ . : / -',
    isPossible: (glob) => matchesSome(parseGlob(glob), TOOL_NAMES),
    isLeftOut: (name, { match }) => !couldBeDoor(parseGlob(match)) && isNone([match], name),
  },
};

const isNone = (globs: readonly string[] | undefined, name: string): boolean =>
  globs?.every((glob) => !matchGlob(parseGlob(glob), name)) ?? false;

/** A text as a glob that is for it alone. */
const literally = (text: string): string => text.replaceAll(/[*?[]/g, '[$&]');

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

function adviseText([name, operand]: Said, path: Path): Finding[] {
  const texts: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return texts.flatMap((text) => {
    if (typeof text !== 'string') return [];
    if (isInOddQuotes(text))
      return [doubt([...path, name], 'typographic quotes are part of the text: write \' or "')];
    if (EXACT.has(name) && /^\s|\s$/.test(text))
      return [doubt([...path, name], 'has a blank at its end, which counts')];
    const remedy = name === 'glob' && /\{[^}]*,[^}]*\}|\||^!/.test(text) ? remedyFor(text) : undefined;
    return remedy === undefined ? [] : [doubt([...path, name], remedy)];
  });
}
