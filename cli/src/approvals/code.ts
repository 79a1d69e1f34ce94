import type { ApproverOptions } from '../approver-credential.ts';
import { visible } from '../format/visible.ts';
import { DrawnAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printLine, printNote } from '../output.ts';
import { orSayWhoWon, type Reason } from './decide.ts';

/** Draws a code for one approval: the code alone on standard output, and beside it what it is for. */
export async function drawCode(host: Host, id: string, options: ApproverOptions & Reason): Promise<ExitCode> {
  const { reason, json } = options;
  const path = `approvals/${encodeURIComponent(id)}/code`;
  const question = { method: 'POST', path, body: reason === undefined ? {} : { reason } } as const;
  const drawn = await orSayWhoWon(askAsApprover(host, options, question, DrawnAnswer));
  if (json) printDocument(host, drawn);
  else {
    printLine(host, visible(drawn.code));
    printNote(
      host,
      `Your yes to ${visible(drawn.approval_id)}, until ${visible(drawn.until)}: tell it to who asked. It is shown once, works once, and counts no more once another is drawn or the call is decided.`,
    );
  }
  return 0;
}
