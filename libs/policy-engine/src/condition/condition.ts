import { allClause, anyClause, type Clause, existsClause, matchClause, notClause } from './clause.ts';
import type { Clock } from './clock.ts';
import { createReader } from './facts.ts';
import { type Field, parseField } from './field.ts';
import { isMapping } from './mapping.ts';
import { isScalar } from './matcher.ts';
import { ONLY_ARGS, onlyArgsClause } from './only-args.ts';
import { buildOperator, EXISTS, IGNORE_CASE, operatorMeant, readIgnoreCase } from './operators.ts';
import { ANYTHING } from './truth.ts';

/** What is wrong with a condition, and where in it. */
export interface ConditionFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const MAX_DEPTH = 16;
const MAX_CLAUSES = 1000;
const EXPECTED = 'expected at least one condition';
const EXPECTED_LIST = 'expected a list of one or more conditions';
const EXPECTED_VALUE = 'expected a value or a comparison such as {lte: 100}';

type Path = readonly (string | number)[];

/** What is shared while one condition is read: its faults and fields so far, and how many clauses it has. */
interface Work {
  readonly clock: Clock;
  readonly faults: ConditionFault[];
  readonly fields: Field[];
  clauses: number;
}

export type BuiltCondition =
  | { readonly ok: true; readonly clause: Clause; readonly fields: readonly Field[] }
  | { readonly ok: false; readonly faults: readonly ConditionFault[] };

/** Reads and compiles a condition in one go, so that what is checked is what runs. Never throws. */
export function buildCondition(document: unknown, clock: Clock): BuiltCondition {
  const work: Work = { clock, faults: [], fields: [], clauses: 0 };
  const clause = buildMapping(document, [], work);
  const { faults, fields } = work;
  return faults.length === 0 ? { ok: true, clause, fields } : { ok: false, faults };
}

function buildMapping(document: unknown, path: Path, work: Work): Clause {
  if (!isMapping(document)) return fail(work, path, insteadOf(document));
  if (Object.keys(document).length === 0) return fail(work, path, EXPECTED);
  if (levelsOf(path) > MAX_DEPTH) return fail(work, path, `expected at most ${MAX_DEPTH} levels`);
  const parts: Clause[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (work.clauses >= MAX_CLAUSES) return fail(work, [], `expected at most ${MAX_CLAUSES} comparisons`);
    parts.push(buildEntry(key, value, [...path, key], work));
  }
  return joined(parts);
}

/** What stands where a mapping should, as it would be written: a line of code, or a list of conditions. */
function insteadOf(document: unknown): string {
  if (Array.isArray(document) && document.length > 0)
    return `${EXPECTED}, and no list: put it under all: (each holds) or any: (one holds)`;
  if (typeof document !== 'string') return EXPECTED;
  const [field = '', operator = ''] = document.trim().split(/\s+/, 2);
  const isField = parseField(field).ok;
  const example = `${isField ? field : 'args.path'}: {${(isField && operatorMeant(operator)) || 'starts_with'}: …}`;
  return `${EXPECTED} and no text: write it as {${example}}`;
}

/** Only joins nest, and each leaves its name in the path. */
function levelsOf(path: Path): number {
  return path.filter((step) => step === 'all' || step === 'any' || step === 'not').length;
}

function buildEntry(key: string, value: unknown, path: Path, work: Work): Clause {
  if (key === 'all') return allClause(buildList(value, path, work));
  if (key === 'any') return anyClause(buildList(value, path, work));
  if (key === 'not') return notClause(buildMapping(value, path, work));
  if (key === ONLY_ARGS) return buildOnlyArgs(value, path, work);
  const parsed = parseField(key);
  return parsed.ok ? buildMatchers(parsed.field, value, path, work) : fail(work, path, parsed.error);
}

function buildList(document: unknown, path: Path, work: Work): Clause[] {
  if (!Array.isArray(document) || document.length === 0) return [fail(work, path, EXPECTED_LIST)];
  const conditions: Clause[] = [];
  for (const [at, condition] of document.entries()) {
    if (work.clauses >= MAX_CLAUSES) return [fail(work, [], `expected at most ${MAX_CLAUSES} comparisons`)];
    conditions.push(buildMapping(condition, [...path, at], work));
  }
  return conditions;
}

/** Names of arguments, as they stand: none of them is a way into another. */
function buildOnlyArgs(value: unknown, path: Path, work: Work): Clause {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const isFit =
    Array.isArray(value) && names.every((name) => typeof name === 'string' && name.isWellFormed());
  if (!isFit) return fail(work, path, 'expected a list of names of arguments, such as [to, subject]');
  work.clauses += 1;
  return onlyArgsClause(names as readonly string[]);
}

/** A bare value is what the field must be equal to. */
function buildMatchers(field: Field, value: unknown, path: Path, work: Work): Clause {
  work.fields.push(field);
  if (isScalar(value)) return buildOne(field, 'eq', value, { path, work });
  if (!isMapping(value) || Object.keys(value).length === 0) return fail(work, path, EXPECTED_VALUE);
  const read = readIgnoreCase(value);
  if (!read.ok) return fail(work, [...path, IGNORE_CASE], read.error);
  const entries = Object.entries(value).filter(([name]) => name !== IGNORE_CASE);
  return joined(
    entries.map(([name, operand]) =>
      buildOne(field, name, operand, { path: [...path, name], work, ignoreCase: read.ignoreCase }),
    ),
  );
}

interface Place {
  readonly path: Path;
  readonly work: Work;
  readonly ignoreCase?: boolean;
}

function buildOne(field: Field, name: string, operand: unknown, { path, work, ignoreCase }: Place): Clause {
  work.clauses += name === 'every' || name === 'some' ? 1 + Object.keys(Object(operand)).length : 1;
  const read = createReader(field, work.clock);
  if (name === EXISTS) {
    if (typeof operand !== 'boolean') return fail(work, path, 'expected true or false');
    return existsClause(field, read, operand);
  }
  const built = buildOperator(name, operand, field, ignoreCase);
  if (built.ok) return matchClause(field, read, built.matcher);
  return fail(work, [...path, ...(built.at ?? [])], built.error);
}

function joined(parts: readonly Clause[]): Clause {
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : allClause(parts);
}

/** Notes the fault. What is returned stands in its place only until the faults are looked at. */
function fail(work: Work, path: Path, message: string): Clause {
  work.clauses += 1;
  work.faults.push({ path, message });
  return {
    test: () => 'unknown',
    explain: () => ({ truth: 'unknown', because: () => [message] }),
    foresee: () => ANYTHING,
  };
}
