import { PAGE_NAMES, PAGES, type PageName } from '../pages.ts';

/**
 * What an address shows. `id` is what it is about, where it is about one thing; `search` its query, without the question
 * mark.
 */
export type Route = { page: PageName | 'nothing'; id: string; search: string };

const SHAPES = PAGE_NAMES.map(
  (page) => [page, new RegExp(`^${PAGES[page].path.replace(':id', '([^/]+)')}$`)] as const,
);

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** What the console shows at a path with its query. */
export function routeOf(path: string, search = ''): Route {
  const trimmed = path.replace(/\/+$/, '');
  const found = SHAPES.flatMap(([page, shape]) => {
    const match = shape.exec(trimmed === '/ui' ? PAGES.inbox.path : trimmed);
    const id = match === null ? undefined : decoded(match[1] ?? '');
    return id === undefined ? [] : [{ page, id }];
  });
  return { ...(found[0] ?? { page: 'nothing', id: '' }), search: search.replace(/^\?/, '') };
}

/** The address of a page. */
export const pathOf = (page: PageName, id = ''): string =>
  PAGES[page].path.replace(':id', () => encodeURIComponent(id));

export const approvalPath = (id: string): string => pathOf('approval', id);

/** Where the data of a page is asked for, under `/ui/api/`. */
export const dataOf = (page: PageName, { id = '', search = '' }: Partial<Route>): string =>
  `${PAGES[page].data.replace(':id', () => encodeURIComponent(id))}${search === '' ? '' : `?${search}`}`;

/** Whether the console itself shows what is at that path; the rest is the server's. */
export const isOwn = (path: string): boolean => routeOf(path).page !== 'nothing';
