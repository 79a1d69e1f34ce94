import type { AuditLine } from '@aegis/contracts/audit';

/** One line of the approvals file. */
export type ApprovalLine = {
  status: string | null;
  dry_run_id: string | undefined;
  approval_id: string | undefined;
  ts: string;
  seq: number;
  event_id: string;
  type: string;
  tool: string | null;
  trace_id: string | null;
};

/** Whether this line is about an approval. By its type: a client may write any action. */
export const isAboutApproval = (line: Pick<AuditLine, 'type' | 'action'>): boolean =>
  line.type.startsWith('aegis.approval.') && line.action !== 'unreadable';

/** The same fact as a line of the approvals file, or undefined where it is about something else. */
export function toApprovalLine(line: AuditLine): ApprovalLine | undefined {
  if (!isAboutApproval(line)) return undefined;
  const { status, dry_run_id, approval_id, ts, seq, event_id, type, tool, trace_id } = line;
  return { status, dry_run_id, approval_id, ts, seq, event_id, type, tool, trace_id };
}
