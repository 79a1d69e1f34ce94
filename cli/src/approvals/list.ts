import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { ApprovalsAnswer } from '../gateway/answers.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printList, printNote } from '../output.ts';

export type ListOptions = GlobalOptions & {
  readonly status?: string;
  readonly limit: number;
  readonly before?: string;
};

const HEADER = ['APPROVAL', 'STATUS', 'SINCE', 'TOOL', 'OP', 'CENTS', 'RUN KEY'];

export async function listApprovals(host: Host, options: ListOptions): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const query = { status: options.status, limit: options.limit, before: options.before };
  const answer = await askAsReader(host, base, { method: 'GET', path: 'approvals', query }, ApprovalsAnswer);
  const rows = answer.approvals.map(({ approval_id, status, ts, tool, op, amount_cents, dry_run_id }) => [
    approval_id,
    status,
    ts,
    tool,
    op,
    amount_cents,
    dry_run_id,
  ]);
  const whenEmpty = options.status ? `Nothing is ${options.status}.` : 'No approvals yet.';
  printList(host, options, answer, HEADER, rows, whenEmpty);
  for (const { approval_id, because } of options.json ? [] : answer.unreadable) {
    printNote(host, `${visible(approval_id)}: ${visible(because)}`);
  }
  if (answer.next && !options.json) printNote(host, `There are more: --before ${visible(answer.next)}`);
  return 0;
}
