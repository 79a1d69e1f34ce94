import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalItem } from './schemas/approvals.ts';

/** An approval as one flat object; `ts` is when it was requested. */
export function toApprovalItem(approval: Approval): ApprovalItem {
  const { call, requested_at, ...rest } = approval;
  return { ...rest, ts: requested_at, ...call };
}
