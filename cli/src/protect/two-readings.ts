import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { type Node, parseTree } from 'jsonc-parser';

/** Ends a comment for some readers of JSON with comments, and not for others. */
const END_FOR_SOME = /\r(?!\n)|[\u2028\u2029]/;
const LISTS = ['mcpServers', 'servers', 'mcp', 'projects'];

/** A key that readers of JSON take for different things: written twice, or of JavaScript's own. */
function ambiguousKey(node: Node, body: string): string | undefined {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key: unknown = child.type === 'property' ? child.children?.[0]?.value : undefined;
    const line = (): number => body.slice(0, child.offset).split('\n').length;
    if (key === '__proto__') return `a key "__proto__" (line ${line()})`;
    if (key !== undefined && seen.has(key))
      return `the key ${JSON.stringify(key)} twice in one object (the second in line ${line()})`;
    seen.add(key);
    const below = ambiguousKey(child, body);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** A name of a list that some readers take for one of those that we look into. */
export const misspelt = (document: unknown): string | undefined =>
  isObject(document)
    ? Object.keys(document).find((key) =>
        LISTS.some((known) => known !== key && foldName(known) === foldName(key)),
      )
    : undefined;

/** Why two readers could read a file differently, clients' own among them; undefined where none can. */
export function twoReadings(body: string, document: unknown): string | undefined {
  const tree = parseTree(body, [], { allowTrailingComma: true });
  const key = tree && ambiguousKey(tree, body);
  if (key !== undefined) return `it has ${key}, of which clients read one or the other`;
  const other = misspelt(document);
  if (other !== undefined) return `"${other}" is another name to some clients; write it as it is usual`;
  let plain: unknown;
  try {
    plain = JSON.parse(body);
  } catch {
    return END_FOR_SOME.test(body)
      ? 'it has comments, and a character that ends a line for some clients and not for others'
      : undefined;
  }
  return isDeepStrictEqual(plain, document) ? undefined : 'clients read other keys in it than stand there';
}
