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

export type ParsedPolicyText =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly errors: string[] };

/** The size of a policy document, in bytes of UTF-8, above which it is not read. */
export const MAX_POLICY_BYTES: number = 1024 * 1024;

const MAX_ERRORS = 10;

interface Fault {
  readonly offset: number;
  readonly message: string;
}

/**
 * Reads YAML 1.2 or JSON (which YAML contains) into a document for `validatePolicy`. Never throws. Refused, with line
 * and column: broken syntax, a key given twice, anchors, aliases, tags, directives, keys that are not text,
 * `__proto__`, a second document, and more than 1 MiB. A text that says nothing is the document `null`.
 */
export function parsePolicyText(text: string): ParsedPolicyText {
  if (isTooLarge(text)) return { ok: false, errors: [`the policy is larger than ${MAX_POLICY_BYTES} bytes`] };
  const lines = new LineCounter();
  try {
    // The library's own check of unique keys is quadratic: 60,000 keys took 90 seconds. `findFaults` checks them.
    const options = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false } as const;
    const parsed = parseDocument(text, { ...options, prettyErrors: false, lineCounter: lines });
    const faults = [...findSyntaxFaults(parsed), ...findFaults(parsed)];
    if (faults.length > 0) return { ok: false, errors: describeFaults(faults, lines) };
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
  return parsed.errors.map(({ code, message, pos }) => {
    if (code === 'RESOURCE_EXHAUSTION') return { offset: pos[0], message: 'nested too deeply to read' };
    if (code === 'MULTIPLE_DOCS') return { offset: pos[0], message: 'a second document is not allowed' };
    return { offset: pos[0], message };
  });
}

/** What YAML allows and a policy does not, because it lets a text mean something else than it seems to say. */
function findFaults(parsed: Document.Parsed): Fault[] {
  const { yaml, tags } = parsed.directives;
  const faults: Fault[] = [];
  if (yaml.explicit || Object.keys(tags).length > 1 || parsed.warnings.some(isDirectiveWarning)) {
    faults.push({ offset: 0, message: 'directives are not allowed' });
  }
  visit(parsed, { Node: (_key, node) => void faults.push(...findNodeFaults(node)) });
  return faults;
}

function findNodeFaults(node: Node): Fault[] {
  const offset = startOf(node);
  if (isAlias(node)) return [{ offset, message: 'aliases are not allowed' }];
  const faults = isMap(node) ? findKeyFaults(node) : [];
  if ('anchor' in node && node.anchor) faults.push({ offset, message: 'anchors are not allowed' });
  if (node.tag !== undefined) faults.push({ offset, message: 'tags are not allowed' });
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

function describeFaults(faults: readonly Fault[], lines: LineCounter): string[] {
  const inOrder = faults.toSorted((a, b) => a.offset - b.offset).slice(0, MAX_ERRORS);
  const described = inOrder.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}: ${message}`;
  });
  return [...new Set(described)];
}
