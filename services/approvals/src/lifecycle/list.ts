import type { Approval, ApprovalStatus, Unreadable } from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';
import type { Ground } from '../ground.ts';
import type { IndexEntry } from '../projections/approval-index.ts';
import { UnreadableError } from '../unreadable.ts';

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

/** What a page is made of, and how much of it fits. `because`: why its arguments, which are not there, can't be read. */
export type Shape<T> = {
  toItem: (approval: Approval, because: string | undefined) => T;
  bytesOf: (item: T) => number;
  maxBytes: number;
};

/** `next` is the `before` of the page that follows, where there is one; `unreadable` is there where any is. */
export type ListPage<T> = { items: T[]; unreadable?: Unreadable[]; next?: string };

/** What is read of one: all of it, or what can be of what stands in the log, and why not all of it. */
type Read = { entry: IndexEntry; approval?: Approval | undefined; because?: string };

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
): AsyncGenerator<Read> {
  let group: IndexEntry[] = [];
  /** One that can't be read keeps nobody from the others. */
  const load = async (entry: IndexEntry): Promise<Read> => {
    try {
      return { entry, approval: (await store.load(entry.approvalId, deadlineMs))?.state };
    } catch (thrown) {
      if (!(thrown instanceof UnreadableError)) throw thrown;
      return { entry, approval: thrown.rest, because: thrown.message };
    }
  };
  const loadGroup = async () => {
    const loaded = await Promise.all(group.map(load));
    group = [];
    return loaded;
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
  const unreadable: Unreadable[] = [];
  const pageWith = (more: { next?: string }): ListPage<T> => ({
    items,
    ...(unreadable.length > 0 && { unreadable }),
    ...more,
  });
  let [bytes, count, last] = [0, 0, ''];
  const entries = approvals.state.newestFirst(isWanted(query), query.before);
  for await (const { entry, approval, because } of loadAll(store, entries, deadlineMs)) {
    const status = approval?.status ?? entry.status;
    if (query.status !== undefined && status !== query.status) continue;
    const item = approval && toItem(approval, because);
    bytes += item === undefined ? 0 : bytesOf(item);
    if (count > 0 && (count === query.limit || bytes > maxBytes)) return pageWith({ next: last });
    if (item !== undefined) items.push(item);
    if (because !== undefined) unreadable.push({ approval_id: entry.approvalId, because });
    [count, last] = [count + 1, entry.approvalId];
  }
  return pageWith({});
}
