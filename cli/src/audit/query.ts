import type { AuditLine } from '@aegis/contracts/audit';
import { wrongUsage } from '../cli-error.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { AuditAnswer } from '../gateway/answers.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printList, printNote } from '../output.ts';

export type QueryOptions = GlobalOptions & {
  readonly from?: string;
  readonly to?: string;
  readonly tool?: string;
  readonly ok?: 'true' | 'false';
  readonly status?: string;
  readonly principal?: string;
  readonly approval?: string;
  readonly call?: string;
  readonly limit: number;
  readonly before?: number;
};

const HEADER = ['SEQ', 'TIME', 'ACTION', 'OK', 'STATUS', 'TOOL', 'OP', 'CENTS', 'NOTE'];

const row = (entry: AuditLine) => [
  entry.seq,
  entry.ts,
  entry.action,
  entry.ok,
  entry.status,
  entry.tool,
  entry.op,
  entry.amount_cents,
  entry.note,
];

export async function queryAudit(host: Host, options: QueryOptions): Promise<ExitCode> {
  const { from, to, tool, ok, status, principal, limit, before } = options;
  const { approval: approval_id, call: call_id } = options;
  if (from !== undefined && to !== undefined && from >= to)
    throw wrongUsage('--from: is not before --to, so that nothing is between them.');
  const base = await gatewayAddress(options.url, host.env);
  const query = { from, to, tool, ok, status, principal, approval_id, call_id, limit, before };
  const answer = await askAsReader(host, base, { method: 'GET', path: 'audit', query }, AuditAnswer);
  printList(host, options, answer, HEADER, answer.entries.map(row), 'No entries.');
  if (answer.next && !options.json) printNote(host, `There are older ones: --before ${answer.next}`);
  return 0;
}
