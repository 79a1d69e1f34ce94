import { hash } from 'node:crypto';
import { ToolSeen } from '@aegis/contracts/tool-definition';
import { digestOf } from '@aegis/kit/json';

/** What a server says of a tool, whole (MCP `Tool`). */
export type Definition = Record<string, unknown>;

/** Deeper ones can't be shown: who writes JSON out needs a stack as deep. */
const MAX_DEPTH = 200;

/**
 * The digest of the RFC 8785 form of a definition. What has none, such as half a character, gets the digest of its JSON
 * text; what JSON text has no form for, such as a number that is too large, is null there and here.
 */
export function definitionDigest(definition: unknown): string {
  try {
    return digestOf(definition);
  } catch {
    const text = JSON.stringify(definition);
    try {
      return digestOf(JSON.parse(text));
    } catch {
      return `sha256:${hash('sha256', text, 'hex')}`;
    }
  }
}

/** The digest without what no model reads: icons, and what a server says of its own accord in `_meta`. */
export function essenceOf({ icons: _icons, _meta, ...read }: Definition): string {
  return definitionDigest(read);
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** Whether a person could be shown this definition, and what they see is what the digest stands for. */
export const isShowable = (definition: Definition, digest: string): boolean =>
  isShallow(definition, MAX_DEPTH) && definitionDigest(definition) === digest;

/** Whether the log would give this definition back as one that {@link isShowable}. What it would not is not written. */
export function isRecordable(definition: Definition, digest: string): boolean {
  if (!isShallow(definition, MAX_DEPTH)) return false;
  const stored = ToolSeen.shape.definition.safeParse(JSON.parse(JSON.stringify(definition)));
  return stored.success && isShowable(stored.data, digest);
}
