import type { ApproverOptions } from '../approver-credential.ts';
import { visible } from '../format/visible.ts';
import { DrawnAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import type { Question } from '../gateway/client.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printLine, printNote } from '../output.ts';
import { orSayWhoWon, type Reason } from './decide.ts';

/** The question that draws one. */
export const drawing = (id: string, { reason }: Reason): Question => ({
  method: 'POST',
  path: `approvals/${encodeURIComponent(id)}/code`,
  body: reason === undefined ? {} : { reason },
});

/** Draws a code for one approval: the code alone on standard output, and beside it what it is for. */
export async function drawCode(host: Host, id: string, options: ApproverOptions & Reason): Promise<ExitCode> {
  const drawn = await orSayWhoWon(askAsApprover(host, options, drawing(id, options), DrawnAnswer));
  if (options.json) printDocument(host, drawn);
  else {
    printLine(host, visible(drawn.code));
    printNote(
      host,
      `Your yes to ${visible(drawn.approval_id)}, until ${visible(drawn.until)}: tell it to who asked. It is shown once, works once, and counts no more once another is drawn or the call is decided.`,
    );
  }
  return 0;
}
