import type { Approval, ListApprovals, ListApprovalsReply } from '@aegis/shared/contracts/approvals';
import { AppError } from '@aegis/shared/errors/app-error';
import type { ApprovalIndex, Entry } from './projections/approval-index.ts';
import type { Store } from './store.ts';

type ListDeps = { store: Store; index: ApprovalIndex; indexCaughtUp: (deadlineMs: number) => Promise<void> };

/** A page's replies must fit a message of the bus. */
const PAGE_BYTES = 2_000_000;

/** Reads the entries' approvals from the log, as many at once as the page may still hold. */
async function* loadAll(
  store: Store,
  entries: Iterable<Entry>,
  atOnce: number,
  deadlineMs: number,
): AsyncGenerator<Approval> {
  let group: Entry[] = [];
  const loadGroup = async () => {
    const loaded = await Promise.all(group.map((entry) => store.load(entry.approvalId, deadlineMs)));
    group = [];
    return loaded.flatMap((one) => (one ? [one.approval] : []));
  };
  for (const entry of entries) {
    group.push(entry);
    if (group.length === atOnce) yield* await loadGroup();
  }
  yield* await loadGroup();
}

/**
 * A page of approvals, newest request first. It has everything that was stored when it was asked for.
 *
 * @returns at most `limit` approvals, and the `before` of the next page where there is one
 */
export async function listApprovals(
  deps: ListDeps,
  query: ListApprovals,
  deadlineMs: number,
): Promise<ListApprovalsReply> {
  await deps.indexCaughtUp(deadlineMs);
  if (query.before !== undefined && !deps.index.has(query.before)) {
    throw new AppError('invalid_request', 'before: names no approval');
  }
  const approvals: Approval[] = [];
  let bytes = 0;
  const entries = deps.index.newestFirst(query.status, query.before);
  for await (const approval of loadAll(deps.store, entries, Math.min(query.limit + 1, 50), deadlineMs)) {
    if (query.status !== undefined && approval.status !== query.status) continue;
    bytes += Buffer.byteLength(JSON.stringify(approval));
    const last = approvals.at(-1);
    if (last && (approvals.length === query.limit || bytes > PAGE_BYTES))
      return { approvals, next: last.approval_id };
    approvals.push(approval);
  }
  return { approvals };
}
