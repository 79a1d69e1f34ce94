import { type TextKind, textKind } from '@aegis/kit/text';
import { parseField } from '../condition/field.ts';
import { isMapping } from '../condition/mapping.ts';
import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding, type Path } from './finding.ts';

const WARNINGS: Readonly<Record<TextKind, string>> = {
  url: 'more than one host may fit this text; use host_in or url_within',
  address: 'more addresses than meant may fit this text; use email_domain_in',
  command:
    'what stands beside this text in a command runs too; list whole commands with in, or let a person see them',
  path: 'other folders may fit this text; use path_within',
};
/** What may be before or behind the text. */
const LOOSE = new Set(['starts_with', 'ends_with', 'contains', 'glob']);
/** A pattern of hosts of which a `*` goes past the host. */
const LOOSE_HOST = /^resource:(?:https?|wss?):\/\/[^/]*[*?[]/i;

/**
 * What an allow rule lets through that its author may not mean: where a text's start or end is all that a call passes by,
 * and the text is a URL, an address, a command or a path.
 */
export function adviseLooseTexts({ match, decision, when }: PolicyRule, path: Path): Finding[] {
  const isLoose = decision === 'allow' && LOOSE_HOST.test(match);
  const matched = isLoose ? [doubt([...path, 'match'], '* stands for / too, so this fits other hosts')] : [];
  return when === undefined
    ? matched
    : [...matched, ...adviseMapping(when, [...path, 'when'], { tool: match, passes: decision === 'allow' })];
}

/** Of which tools a condition is. `passes`: a call gets on where it holds, and not where it fails. */
interface Place {
  readonly tool: string;
  readonly passes: boolean;
}

function adviseMapping(condition: unknown, path: Path, place: Place): Finding[] {
  const { tool, passes } = place;
  if (!isMapping(condition)) return [];
  return Object.entries(condition).flatMap(([key, value]) => {
    const at = [...path, key];
    if (key === 'not') return adviseMapping(value, at, { tool, passes: !passes });
    if (key !== 'all' && key !== 'any') return passes ? adviseField(key, value, at, tool) : [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    return list.flatMap((one, index) => adviseMapping(one, [...at, index], place));
  });
}

function adviseField(text: string, operators: unknown, path: Path, tool: string): Finding[] {
  const field = parseField(text);
  const keys = field.ok ? field.field.keys : undefined;
  return keys === undefined ? [] : adviseOperators(keys, operators, path, tool);
}

function adviseOperators(keys: readonly string[], operators: unknown, path: Path, tool: string): Finding[] {
  if (!isMapping(operators)) return [];
  return Object.entries(operators).flatMap(([name, operand]) => {
    const at = [...path, name];
    if (name === 'every' || name === 'some') return adviseOperators(keys, operand, at, tool);
    if (typeof operand !== 'string' || !LOOSE.has(name) || (name === 'glob' && isWhole(operand))) return [];
    const kind = textKind(keys, operand.replaceAll(/^\*+|\*+$/g, ''), tool);
    return kind === undefined ? [] : [doubt(at, WARNINGS[kind])];
  });
}

/** A glob without a pattern in it is a text. */
function isWhole(glob: string): boolean {
  return !/[*?[]/.test(glob);
}
