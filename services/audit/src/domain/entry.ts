import { UNREADABLE } from '@aegis/contracts/audit';
import { toApprovalLine } from './approval-line.ts';
import { toAuditLine } from './audit-line.ts';
import { toJsonLine } from './json-line.ts';
import type { Placed } from './recorded.ts';

/** What is to be written for one fact: a line in the audit file, and one in the approvals file where it is about one. */
export type AuditEntry = {
  seq: number;
  audit: string;
  approval?: string;
  /** Whether it is an event of its subject. */
  isEvent: boolean;
};

export function toEntry(recorded: Placed): AuditEntry {
  const line = toAuditLine(recorded);
  const approval = toApprovalLine(line);
  return {
    seq: recorded.seq,
    audit: toJsonLine(line),
    approval: approval && toJsonLine(approval),
    isEvent: line.action !== UNREADABLE,
  };
}

/** Characters that an entry takes: what bounds a queue and a write. */
export const sizeOf = (entry: AuditEntry): number => entry.audit.length + (entry.approval?.length ?? 0);
