import type { ApprovalSummary } from '@aegis/contracts/approvals';
import type { InboxItem, InboxView } from '@aegis/contracts/console';
import { type Approver, isSamePerson, whyNoYes } from '../../domain/approver.ts';
import type { Ground } from '../../ground.ts';
import type { ApprovalIndex, IndexEntry } from '../../projections/approval-index.ts';

/** Items of the inbox; whoever has more waiting has other worries. */
const ITEMS = 200;

/** Identical calls of one agent that wait, the newest first. */
type Group = readonly [IndexEntry, ...IndexEntry[]];

/** Why this person can't decide it now; undefined where they can. */
export const whyNotNow = (by: Approver, approval: ApprovalSummary): string | undefined => {
  const { status, endorsements, principal, approvers, quorum } = approval;
  if (status !== 'pending') return `it is ${status}`;
  if (endorsements.some((one) => isSamePerson(one.by, by.name))) return `${by.name} has said yes already`;
  return whyNoYes(by, { principal, terms: { approvers, quorum } });
};
const soonest = (group: Group): number => Math.min(...group.map(({ overdueAtMs = 0 }) => overdueAtMs));

/** Identical pending calls together, soonest deadline first; in each group the newest first. */
function groupsOf(index: ApprovalIndex): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of index.open()) {
    if (entry.status !== 'pending') continue;
    const others = groups.get(entry.callDigest) ?? [];
    groups.set(entry.callDigest, [entry, ...others]);
  }
  return [...groups.values()].toSorted((a, b) => soonest(a) - soonest(b));
}

/** What waits for people, as this person sees it. */
export type Inbox = (by: Approver, deadlineMs: number) => Promise<InboxView>;

/** The index has what a list shows: one agent with large calls must not keep people from the others. */
const toItem = (by: Approver, group: Group): InboxItem[] => {
  const latest = group[0].summary;
  if (!latest) return [];
  const ids = group.map(({ approvalId }) => approvalId);
  return [{ latest, ids, count: ids.length, may_decide: whyNotNow(by, latest) === undefined }];
};

export function createInbox({ known: { approvals }, now }: Ground): Inbox {
  return async (by, deadlineMs) => {
    await approvals.caughtUp(deadlineMs);
    const groups = groupsOf(approvals.state);
    const items = groups.slice(0, ITEMS).flatMap((group) => toItem(by, group));
    const more = Math.max(0, groups.length - ITEMS);
    return { items, more, now: now().toISOString() };
  };
}
