import type { IncomingMessage } from 'node:http';

/**
 * The first of these headers, by their lower-case names, that a request has more than once: of two, one reader takes the
 * first, another the last, and a third both as one; Node drops or joins them without a word.
 */
export function repeatedHeader(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  names: ReadonlySet<string>,
): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!names.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
