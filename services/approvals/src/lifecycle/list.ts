import type { Approval, ApprovalStatus } from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';
import type { Ground } from '../ground.ts';
import type { IndexEntry } from '../projections/approval-index.ts';

/** Which approvals; times are in milliseconds since the epoch, inclusive at `fromMs`, exclusive at `toMs`. */
export type ListQuery = {
  limit: number;
  before?: string | undefined;
  status?: ApprovalStatus | undefined;
  principal?: string | undefined;
  tool?: string | undefined;
  approver?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
};

/** What a page is made of, and how much of it fits. */
export type Shape<T> = { toItem: (approval: Approval) => T; bytesOf: (item: T) => number; maxBytes: number };

/** `next` is the `before` of the page that follows, where there is one. */
export type ListPage<T> = { items: T[]; next?: string };

const isWanted =
  ({ status, principal, tool, approver, fromMs = 0, toMs = Number.POSITIVE_INFINITY }: ListQuery) =>
  (entry: IndexEntry): boolean =>
    (status === undefined || entry.status === status) &&
    (principal === undefined || entry.principal === principal) &&
    (tool === undefined || entry.tool === tool) &&
    (approver === undefined || entry.deciders.includes(approver)) &&
    entry.requestedAtMs >= fromMs &&
    entry.requestedAtMs < toMs;

/** Read at once from the log: the server cuts a connection that it has to hold too much for. */
const AT_ONCE = 8;

async function* loadAll(
  store: Ground['store'],
  entries: Iterable<IndexEntry>,
  deadlineMs: number,
): AsyncGenerator<Approval> {
  let group: IndexEntry[] = [];
  const loadGroup = async () => {
    const loaded = await Promise.all(group.map((entry) => store.load(entry.approvalId, deadlineMs)));
    group = [];
    return loaded.flatMap((one) => (one ? [one.state] : []));
  };
  for (const entry of entries) {
    group.push(entry);
    if (group.length === AT_ONCE) yield* await loadGroup();
  }
  yield* await loadGroup();
}

/**
 * A page of approvals, newest request first, of at most `limit` items and about `maxBytes`. It has everything that was
 * stored when it was asked for.
 *
 * @throws AppError `invalid_request` where `before` names no approval
 */
export async function listApprovals<T>(
  { store, known: { approvals } }: Ground,
  query: ListQuery,
  { toItem, bytesOf, maxBytes }: Shape<T>,
  deadlineMs: number,
): Promise<ListPage<T>> {
  await approvals.caughtUp(deadlineMs);
  if (query.before !== undefined && !approvals.state.has(query.before)) {
    throw new AppError('invalid_request', 'before: names no approval');
  }
  const items: T[] = [];
  let bytes = 0;
  let last = '';
  const entries = approvals.state.newestFirst(isWanted(query), query.before);
  for await (const approval of loadAll(store, entries, deadlineMs)) {
    if (query.status !== undefined && approval.status !== query.status) continue;
    const item = toItem(approval);
    bytes += bytesOf(item);
    if (items.length > 0 && (items.length === query.limit || bytes > maxBytes)) return { items, next: last };
    items.push(item);
    last = approval.approval_id;
  }
  return { items };
}
