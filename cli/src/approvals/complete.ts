import { approvalCode } from '../approval-code.ts';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { CompleteAnswer } from '../gateway/answers.ts';
import { ask } from '../gateway/client.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';

/** Decides an approval and says how it stands now, which is another's decision where that one was first. */
export async function completeApproval(
  host: Host,
  id: string,
  options: GlobalOptions & { readonly code?: string },
): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const body = { dry_run_id: id, approval_code: await approvalCode(host, options.code) };
  const answer = await ask(base, { method: 'POST', path: 'approvals/complete', body }, CompleteAnswer);
  if (options.json) printDocument(host, answer);
  else {
    const status = paintStatus(host, visible(answer.status));
    printLine(host, `${status}  ${visible(answer.approval_id)}`);
    if (answer.reason !== undefined) printLine(host, visible(answer.reason));
  }
  return answer.status === 'approved' ? 0 : 1;
}
