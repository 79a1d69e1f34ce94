import { AppError } from '@aegis/kit/errors';
import { type JsonMembers, membersOf } from '@aegis/kit/json';
import { METHOD_NOT_FOUND } from '../../wire/errors.ts';
import type { AskUpstream } from '../api.ts';
import { type Listed, toolsIn } from './listed.ts';

const MAX_PAGES = 100;
export const MAX_TOOLS = 10_000;

/** The tools that a server lists. `last` is its last page; `cutOff`: why there may be more, as part of a sentence. */
export type FetchedTools = {
  readonly listed: readonly Listed[];
  readonly last: JsonMembers;
  readonly cutOff?: string;
};

export const listUnavailable = (because: string, cause?: unknown): AppError =>
  new AppError('mcp_unavailable', `The server's list of tools ${because}.`, { cause });

const whyOf = (cause: unknown): string =>
  cause instanceof Error ? `: ${cause.message.replace(/\.$/, '')}` : '';
const unreadable = (cause?: unknown): AppError => listUnavailable(`can not be read${whyOf(cause)}`, cause);

/** What the next page is asked for with; an empty cursor, or what is no cursor at all, ends a list. */
function cursorIn({ nextCursor }: JsonMembers): string | number | undefined {
  if (typeof nextCursor === 'number') return nextCursor;
  return typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined;
}

/** Asks for one page after the other. @throws what `ask` does, or AppError for what is no page */
async function* pages(
  ask: (params: object) => Promise<unknown>,
): AsyncGenerator<JsonMembers, string | undefined> {
  const seen = new Set<string | number>();
  let cursor: string | number | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const page = membersOf(await ask(cursor === undefined ? {} : { cursor }));
    if (!Array.isArray(page['tools'])) throw unreadable();
    yield page;
    cursor = cursorIn(page);
    if (cursor === undefined) return undefined;
    if (seen.has(cursor)) return 'comes round to a page that it had already';
    seen.add(cursor);
  }
  return `has more than ${MAX_PAGES} pages`;
}

/**
 * All pages of a server's list of tools; undefined where it has no such list. A list that does not end, or of which a later
 * page can't be had, is cut off.
 *
 * @throws AppError where it can't be had
 */
export async function fetchTools(
  askUpstream: AskUpstream,
  envelope: Record<string, unknown>,
  signal: AbortSignal,
): Promise<FetchedTools | undefined> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(unreadable(signal.reason)), { once: true });
  });
  aborted.catch(() => undefined);
  const listed: Listed[] = [];
  let last: JsonMembers | undefined;
  const ask = (params: object): Promise<unknown> =>
    Promise.race([askUpstream('tools/list', { ...envelope, ...params }, signal), aborted]);
  try {
    const asking = pages(ask);
    for (;;) {
      const { value, done } = await asking.next();
      if (done === true) return { listed, last: last ?? {}, ...(value !== undefined && { cutOff: value }) };
      last = value;
      const tools = toolsIn(value);
      if (tools.length + listed.length > MAX_TOOLS)
        return { listed, last, cutOff: `has more than ${MAX_TOOLS} tools` };
      for (const one of tools) listed.push(one);
    }
  } catch (thrown) {
    if (last !== undefined) return { listed, last, cutOff: `can not be read to its end${whyOf(thrown)}` };
    if (Object(thrown).code === METHOD_NOT_FOUND) return undefined;
    throw thrown instanceof AppError ? thrown : unreadable(thrown);
  }
}
