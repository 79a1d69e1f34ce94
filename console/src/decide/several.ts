import type { Verdict } from '@aegis/contracts/approvals';
import type { ApprovalView, Decide, DecidedView } from '@aegis/contracts/console';
import { count } from '@aegis/kit/text';

export type SeveralDeps = {
  getApproval: (id: string) => Promise<Pick<ApprovalView, 'approval' | 'revision'>>;
  decide: (id: string, verdict: Verdict, form: Decide) => Promise<DecidedView>;
};
export type Tally = { counted: number; not: string[] };

/**
 * Decides identical calls one by one. Each but the shown one is looked at first: it counts only for the very call that the
 * person has read, by its digest.
 */
export async function decideSeveral(
  asking: SeveralDeps,
  shown: Pick<ApprovalView, 'approval' | 'revision'>,
  ids: readonly string[],
  verdict: Verdict,
  reason: string | undefined,
): Promise<Tally> {
  const tally: Tally = { counted: 0, not: [] };
  for (const id of ids) {
    try {
      const other = id === shown.approval.approval_id ? shown : await asking.getApproval(id);
      if (other.approval.call_digest !== shown.approval.call_digest) {
        tally.not.push('one is another call');
        continue;
      }
      const form = { revision: other.revision, reason };
      const { counted, because } = await asking.decide(id, verdict, form);
      if (counted) tally.counted += 1;
      else tally.not.push(because ?? 'one was decided already');
    } catch (thrown) {
      tally.not.push(thrown instanceof Error ? thrown.message : 'one could not be decided');
    }
  }
  return tally;
}

/** What came of it, in words. */
export function tallied({ counted, not }: Tally, verdict: Verdict): string {
  const done = `${count(counted, 'call')} ${verdict === 'approve' ? 'approved' : 'denied'}.`;
  return not.length === 0 ? done : `${done} ${count(not.length, 'call')} not: ${[...new Set(not)].join(' ')}`;
}
