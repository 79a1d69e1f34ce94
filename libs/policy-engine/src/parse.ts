import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { describeSyntax, type SyntaxFault } from './syntax/describe.ts';
import { exactNumber, faultOfNumber } from './yaml-number.ts';

export type ParsedPolicyText =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly errors: string[] };

/** The size of a policy document, in bytes of UTF-8, above which it is not read. */
export const MAX_POLICY_BYTES: number = 1024 * 1024;

const MAX_ERRORS = 10;
/** More of a line is not looked at for a remedy. */
const MAX_LINE = 1000;

/** `message` where it is well-formed YAML that a policy does not take; `syntax` where it is none. */
type Fault = { readonly offset: number } & (
  | { readonly message: string; readonly syntax?: never }
  | { readonly syntax: SyntaxFault; readonly message?: never }
);

/**
 * Reads YAML 1.2 or JSON (which YAML contains) into a document for `validatePolicy`. Never throws. Refused, with line
 * and column: broken syntax, a key given twice, anchors, aliases, tags, directives, keys that are not text,
 * `__proto__`, numbers that readers of YAML differ on, a second document, UTF-16, and more than 1 MiB. A text that says
 * nothing is the document `null`.
 */
export function parsePolicyText(text: string): ParsedPolicyText {
  if (isTooLarge(text)) return { ok: false, errors: [`the policy is larger than ${MAX_POLICY_BYTES} bytes`] };
  if (text.slice(0, 2).includes('\0'))
    return { ok: false, errors: ['the policy is not UTF-8 text: save it as UTF-8'] };
  const lines = new LineCounter();
  try {
    // The library's own check of unique keys is quadratic: 60,000 keys took 90 seconds. `findFaults` checks them.
    const options = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false } as const;
    const parsed = parseDocument(text, { ...options, prettyErrors: false, lineCounter: lines });
    const faults = [...findSyntaxFaults(parsed), ...findFaults(parsed), ...readNumbers(parsed, isJson(text))];
    if (faults.length > 0) return { ok: false, errors: describeFaults(faults, lines, text) };
    const document: unknown = parsed.toJS();
    return { ok: true, document: document ?? null };
  } catch {
    return { ok: false, errors: ['the policy is nested too deeply to read'] };
  }
}

function isTooLarge(text: string): boolean {
  return text.length > MAX_POLICY_BYTES || new TextEncoder().encode(text).length > MAX_POLICY_BYTES;
}

function findSyntaxFaults(parsed: Document.Parsed): Fault[] {
  return parsed.errors.map(({ code, message, pos: [offset] }) => ({ offset, syntax: { code, message } }));
}

/** What YAML allows and a policy does not, because it lets a text mean something else than it seems to say. */
function findFaults(parsed: Document.Parsed): Fault[] {
  const { yaml, tags } = parsed.directives;
  const faults: Fault[] = [];
  if (yaml.explicit || Object.keys(tags).length > 1 || parsed.warnings.some(isDirectiveWarning)) {
    faults.push({ offset: 0, message: 'directives are not allowed' });
  }
  const anchors = new Set<string>();
  visit(parsed, { Node: (_key, node) => void ('anchor' in node && node.anchor && anchors.add(node.anchor)) });
  visit(parsed, { Node: (_key, node) => void faults.push(...findNodeFaults(node, anchors)) });
  return faults;
}

/** JSON is read by readers of JSON, who agree on its numbers. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Puts numbers in their place as they are written, and finds those that readers of YAML differ on. */
function readNumbers(parsed: Document.Parsed, isOfJson: boolean): Fault[] {
  const faults: Fault[] = [];
  visit(parsed, {
    Scalar(_key, node) {
      const message = isOfJson ? undefined : faultOfNumber(node);
      if (message !== undefined) faults.push({ offset: startOf(node), message });
      node.value = exactNumber(node);
    },
  });
  return faults;
}

/** An alias of nothing, or a tag or an anchor of nothing, is a pattern that was meant to be text. */
const meant = (offset: number): Fault => ({ offset, syntax: { code: 'BAD_SCALAR_START', message: '' } });

function findNodeFaults(node: Node, anchors: ReadonlySet<string>): Fault[] {
  const offset = startOf(node);
  if (isAlias(node))
    return [anchors.has(node.source) ? { offset, message: 'aliases are not allowed' } : meant(offset)];
  const faults = isMap(node) ? findKeyFaults(node) : [];
  const isBare = isScalar(node) && node.range?.[0] === node.range?.[1];
  const fault = (message: string): Fault => (isBare ? meant(offset) : { offset, message });
  if ('anchor' in node && node.anchor) faults.push(fault('anchors are not allowed'));
  if (node.tag !== undefined) faults.push(fault('tags are not allowed'));
  return faults;
}

function isDirectiveWarning(warning: { readonly code: string; readonly message: string }): boolean {
  return warning.code === 'BAD_DIRECTIVE' || warning.message.includes('directive');
}

function findKeyFaults(map: YAMLMap): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { key } of map.items) {
    const name = isScalar(key) ? key.value : key;
    const offset = startOf(key) || startOf(map);
    if (typeof name !== 'string') faults.push({ offset, message: 'expected a key that is text' });
    else if (name === '__proto__') faults.push({ offset, message: "the key '__proto__' is not allowed" });
    else if (seen.has(name)) faults.push({ offset, message: `the key ${quote(name)} is given twice` });
    else seen.add(name);
  }
  return faults;
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

function startOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}

/** One fault a line: what follows from it on the same line, or is only its echo further down, says nothing more. */
function describeFaults(faults: readonly Fault[], lines: LineCounter, text: string): string[] {
  const said = new Map<number, string>();
  for (const { offset, message, syntax } of faults.toSorted((a, b) => a.offset - b.offset)) {
    const { line, col } = lines.linePos(offset);
    if (said.has(line)) continue;
    if (said.size >= MAX_ERRORS) break;
    const known = message === undefined ? describeSyntax(syntax, lineAt(text, lines, line), col) : undefined;
    if (known?.isVague && said.size > 0) continue;
    said.set(line, `line ${line}, column ${known?.column ?? col}: ${known?.sentence ?? message}`);
  }
  return [...said.values()];
}

function lineAt(text: string, { lineStarts }: LineCounter, line: number): string {
  return text
    .slice(lineStarts[line - 1], lineStarts[line])
    .slice(0, MAX_LINE)
    .replace(/\r?\n$/, '');
}
