/** What an address shows. `search` is its query, without the question mark. */
export type Route =
  | { view: 'inbox' }
  | { view: 'approval'; id: string }
  | { view: 'history'; search: string }
  | { view: 'grants' }
  | { view: 'webhooks' }
  | { view: 'nothing' };

const APPROVAL = /^\/ui\/approvals\/([^/]+)$/;

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

/** What the console shows at a path with its query. */
export function routeOf(path: string, search: string): Route {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '/ui' || trimmed === '/ui/approvals') return { view: 'inbox' };
  if (trimmed === '/ui/history') return { view: 'history', search: search.replace(/^\?/, '') };
  if (trimmed === '/ui/grants') return { view: 'grants' };
  if (trimmed === '/ui/webhooks') return { view: 'webhooks' };
  const id = decoded(APPROVAL.exec(trimmed)?.[1] ?? '%');
  return id === undefined ? { view: 'nothing' } : { view: 'approval', id };
}

export const approvalPath = (id: string): string => `/ui/approvals/${encodeURIComponent(id)}`;

/** Whether the console itself shows what is at that path; the rest is the server's. */
export const isOwn = (path: string): boolean => routeOf(path, '').view !== 'nothing';

/** What the tab is called. */
export const NAMES: Record<Route['view'], string> = {
  inbox: 'Approvals',
  approval: 'One approval',
  history: 'History',
  grants: 'Grants',
  webhooks: 'Webhooks',
  nothing: 'Not found',
};
