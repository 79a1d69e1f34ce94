import type { ApprovalStatus, Verdict } from '@aegis/contracts/approvals';
import type { ApprovalView, DecidedView } from '@aegis/contracts/console';
import { decide, getPage } from '../api/console.ts';
import { createDoing } from '../api/doing.svelte.ts';
import { inbox } from '../live/inbox.svelte.ts';
import { saidOf } from './said.ts';
import { decideSeveral, tallied } from './several.ts';

/** What came of a decision, in words, while the approval stands so. `isMine`: this person's word counted. */
export type Told = { text: string; isMine: boolean; status?: ApprovalStatus };
export type Deciding = {
  view: () => ApprovalView;
  me: () => string;
  /** Shows what came of it. */
  tell: (outcome: Told) => void;
  reload: () => Promise<void>;
};

/** One person's word on what is shown, and whether it is under way. */
export function createDecision({ view, me, tell, reload }: Deciding) {
  const doing = createDoing(() => Promise.all([reload(), inbox.reload()]));
  const told = (result: DecidedView, verdict: Verdict): void =>
    tell({ text: saidOf(result, verdict, me()), isMine: result.counted, status: result.approval.status });

  return Object.assign(doing, {
    told,
    one: (verdict: Verdict, reason: string | undefined) =>
      doing.run(async () => {
        const { approval, revision } = view();
        const form = { revision, reason };
        told(await decide(approval.approval_id, verdict, form), verdict);
      }),
    all: (verdict: Verdict, reason: string | undefined) =>
      doing.run(async () => {
        const { group } = view();
        const tally = await decideSeveral(
          { getApproval: (id) => getPage('approval', { id }), decide },
          view(),
          group,
          verdict,
          reason,
        );
        tell({ text: tallied(tally, verdict), isMine: tally.counted > 0 });
      }),
  });
}
