import type { Verdict } from '@aegis/contracts/approvals';
import type { DecidedView } from '@aegis/contracts/console';
import { QUESTION_TOOL } from '@aegis/contracts/question-tool';
import { lostTo } from './status-line.ts';

function counted({ approval, grant }: DecidedView, verdict: Verdict): string {
  const isQuestion = approval.call.tool === QUESTION_TOOL;
  if (verdict === 'deny') return isQuestion ? 'You said no.' : 'You denied this. The call does not run.';
  if (grant !== undefined) return 'You approved this, and calls like it for a while.';
  if (approval.status !== 'pending')
    return isQuestion
      ? 'You said yes, which is on record. It opens no call.'
      : 'You approved this. The agent may run it now, once.';
  const yes = approval.endorsements?.length ?? 1;
  return `Your yes counts: ${yes} of ${approval.terms?.quorum ?? yes}. Another person has to say yes too.`;
}

/** What came of a person's word, in a sentence for that person. */
export function saidOf(result: DecidedView, verdict: Verdict, me: string): string {
  if (result.counted) return counted(result, verdict);
  const lost = lostTo(result.approval, me);
  if (lost !== undefined) return lost;
  const because = result.because ?? 'Nothing was decided.';
  return result.approval.status === 'pending' ? `${because} Look again, then decide.` : because;
}
