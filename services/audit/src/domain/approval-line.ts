import { type AuditLine, UNREADABLE } from '@aegis/contracts/audit';

/** Whether this line is about an approval. By its type: a client may write any action. */
export const isAboutApproval = (line: Pick<AuditLine, 'type' | 'action'>): boolean =>
  line.type.startsWith('aegis.approval.') && line.action !== UNREADABLE;

/** The same fact as a line of the approvals file, or undefined where it is about something else. */
export function toApprovalLine(line: AuditLine): Partial<AuditLine> | undefined {
  if (!isAboutApproval(line)) return undefined;
  const { status, dry_run_id, approval_id, ts, seq, event_id, type, tool, trace_id } = line;
  return { status, dry_run_id, approval_id, ts, seq, event_id, type, tool, trace_id };
}
